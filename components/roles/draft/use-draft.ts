'use client'

import { useCallback, useEffect, useState } from 'react'
import type { PolicyDocument } from '../../../server/types'
import { begin, edit as editHistory, type History, redo, undo } from './history'
import { rebase } from './rebase'
import { dropDraft, type KeptDraft, keepDraft, readDraft, sameDocument } from './store'

export type Live = { number: number; document: PolicyDocument }
type State = { history: History<PolicyDocument>; base: Live; revision: number; kept: boolean }
export type Draft = {
  document: PolicyDocument
  base: Live
  /** Counts what was done here, so that answers about an older text can be told. */
  revision: number
  isChanged: boolean
  isKept: boolean
  canUndo: boolean
  canRedo: boolean
  edit(change: (document: PolicyDocument) => PolicyDocument, key?: string): void
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
  const step = useCallback(
    (change: (history: History<PolicyDocument>) => History<PolicyDocument>, base?: Live) =>
      setState((now) => {
        if (now === null) return now
        const history = change(now.history)
        const next = { ...now, history, base: base ?? now.base, revision: now.revision + 1 }
        return { ...next, kept: keep(viewer, next) }
      }),
    [viewer],
  )
  if (state === null) return null
  const { history, base, revision, kept } = state
  return {
    document: history.present,
    base,
    revision,
    isChanged: !sameDocument(history.present, base.document),
    isKept: kept,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    edit: (change, key) => step((now) => editHistory(now, change(now.present), key ?? null)),
    undo: () => step(undo),
    redo: () => step(redo),
    // What stood before these stood on another version: no undo leads back there.
    discard: () => step(() => begin(live.document), live),
    carryOver: (to) => step((now) => begin(rebase(base.document, now.present, to.document)), to),
    published: (number) => step((now) => now, { number, document: history.present }),
  }
}

function keep(viewer: string, { history, base }: State): boolean {
  if (!sameDocument(history.present, base.document))
    return keepDraft(viewer, { basedOn: base.number, base: base.document, document: history.present })
  dropDraft(viewer)
  return true
}
