'use client'

import { useCallback, useEffect, useState } from 'react'
import type { PolicyDocument } from '../../../server/types'
import { sameDocument } from './apart'
import { begin, edit as editHistory, type History, redo, undo } from './history'
import { rebase } from './rebase'
import { dropDraft, type KeptDraft, keepDraft, keyOfDraft, readDraft } from './store'

export type Live = { number: number; document: PolicyDocument }
type State = { history: History<PolicyDocument>; base: Live; message: string; revision: number; kept: boolean }
export type Draft = {
  document: PolicyDocument
  base: Live
  /** What changes, and why, as far as it is typed. */
  message: string
  /** Counts what was done here, so that answers about an older text can be told. */
  revision: number
  isChanged: boolean
  isKept: boolean
  canUndo: boolean
  canRedo: boolean
  edit(change: (document: PolicyDocument) => PolicyDocument, key?: string): void
  say(message: string): void
  undo(): void
  redo(): void
  discard(): void
  /** My changes on top of what was published meanwhile. */
  carryOver(to: Live): void
  published(number: number): void
}

const stateOf = (draft: KeptDraft | null, live: Live): State => ({
  history: begin(draft?.document ?? live.document),
  base: draft === null ? live : { number: draft.basedOn, document: draft.base },
  message: draft?.message ?? '',
  revision: 0,
  kept: true,
})

/** The viewer's draft, from this browser; null until it was looked for. Every change of it is kept at once. */
export function useDraft(viewer: string, live: Live): Draft | null {
  const [state, setState] = useState<State | null>(null)
  // A draft without changes follows the policy in force.
  useEffect(() => {
    setState((now) => {
      if (now === null) return stateOf(readDraft(viewer), live)
      return sameDocument(now.history.present, now.base.document) ? stateOf(null, live) : now
    })
  }, [viewer, live])
  // Two tabs have one draft: what is done in one is done in the other, or the last to be typed in would undo it.
  useEffect(() => {
    const kept = ({ key }: StorageEvent) => {
      if (key === keyOfDraft(viewer)) setState((now) => (now === null ? now : fromElsewhere(now, readDraft(viewer))))
    }
    window.addEventListener('storage', kept)
    return () => window.removeEventListener('storage', kept)
  }, [viewer])
  const step = useCallback(
    (change: (now: State) => Partial<State>) =>
      setState((now) => {
        if (now === null) return now
        const next = { ...now, ...change(now) }
        return { ...next, kept: keep(viewer, next) }
      }),
    [viewer],
  )
  const walk = useCallback(
    (change: (history: History<PolicyDocument>) => History<PolicyDocument>, to?: Live) =>
      step((now) => ({ history: change(now.history), base: to ?? now.base, revision: now.revision + 1 })),
    [step],
  )
  const edit = useCallback<Draft['edit']>(
    (change, key) => walk((now) => editHistory(now, change(now.present), key ?? null)),
    [walk],
  )
  if (state === null) return null
  const { history, base, message, revision, kept } = state
  return {
    document: history.present,
    base,
    message,
    revision,
    isChanged: !sameDocument(history.present, base.document),
    isKept: kept,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    edit,
    say: (text) => step(() => ({ message: text })),
    undo: () => walk(undo),
    redo: () => walk(redo),
    // What stood before these stood on another version: no undo leads back there.
    discard: () => step((now) => ({ ...stateOf(null, live), revision: now.revision + 1 })),
    carryOver: (to) => walk((now) => begin(rebase(base.document, now.present, to.document)), to),
    published: (number) => walk((now) => now, { number, document: history.present }),
  }
}

/** The draft as another tab left it; gone there, it is gone here too, and undo brings it back. */
function fromElsewhere(now: State, kept: KeptDraft | null): State {
  const base = kept === null ? now.base : { number: kept.basedOn, document: kept.base }
  const document = kept?.document ?? base.document
  const isNew = !sameDocument(now.history.present, document)
  const history = base.number === now.base.number ? editHistory(now.history, document, null) : begin(document)
  return {
    history: isNew ? history : now.history,
    base,
    message: kept?.message ?? '',
    revision: isNew ? now.revision + 1 : now.revision,
    kept: true,
  }
}

function keep(viewer: string, { history, base, message }: State): boolean {
  if (!sameDocument(history.present, base.document))
    return keepDraft(viewer, { basedOn: base.number, base: base.document, document: history.present, message })
  dropDraft(viewer)
  return true
}
