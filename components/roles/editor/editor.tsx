'use client'

import { useQuery } from '@tanstack/react-query'
import { useRouter, useSearchParams } from 'next/navigation'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { toast } from 'sonner'
import type { SeenClaim } from '../../../server/roles/schemas'
import type { PolicyDocument } from '../../../server/types'
import { get } from '../../api'
import { Empty, Problem, Skeleton } from '../../ui/page'
import type { Catalog } from '../draft/catalog'
import { EditorProvider, focusOn } from '../draft/editor-context'
import { placed } from '../draft/placed-problems'
import { useCheck } from '../draft/use-check'
import { type Draft, type Live, useDraft } from '../draft/use-draft'
import { PublishPanel } from '../publish/publish-panel'
import { SignedOut } from '../publish/signed-out'
import { Outline } from './outline'
import { Selected } from './selected'
import { Toolbar } from './toolbar'
import { useKeptFocus } from './use-kept-focus'

/** `document`: the policy in force, as JSON, which a page carries many times faster than ten thousand objects. */
type Props = {
  viewer: string
  number: number
  document: string
  catalog: Catalog
  role: string | null
  mask: string | null
}

/** The whole policy as a draft in forms. The URL says what is open; the draft is this browser's until it is published. */
export function Editor({ viewer, number, document: text, catalog, role, mask }: Props) {
  const router = useRouter()
  const live = useMemo<Live>(() => ({ number, document: JSON.parse(text) as PolicyDocument }), [number, text])
  const draft = useDraft(viewer, live)
  const checked = useCheck(draft)
  const { data: claims = none } = useQuery({
    queryKey: ['claims'],
    queryFn: () => get<SeenClaim[]>('/api/policy/claims'),
  })
  const asked = useSearchParams().get('at')
  const [at, setAt] = useState<string | null>(null)
  const [target, setTarget] = useState<string | null>(null)
  const edited = useRef('roles.0')
  const ready = draft !== null
  // biome-ignore lint/correctness/useExhaustiveDependencies: where to begin is asked once, when the draft is there
  useEffect(() => {
    if (draft !== null) setAt(asked || at || firstPlace(draft.document, role, mask))
  }, [ready, asked])
  useEffect(() => {
    if (target === null) return
    focusOn(target)
    setTarget(null)
  }, [target])
  useUndoKeys(draft)
  useKeptFocus(draft?.revision)
  const now = useRef(at)
  now.current = at
  const go = useCallback((path: string) => {
    const place = path === 'publish' ? path : path.split('.').slice(0, 2).join('.')
    if (now.current !== null && now.current !== 'publish') edited.current = now.current
    setAt(place)
    setTarget(path.split('.').length > 1 ? path : null)
    const isStep = place === 'publish' && now.current !== 'publish'
    // Back leads from publishing to what was edited, also where the address did not say what that is.
    window.history.replaceState(null, '', addressOf(isStep ? edited.current : place))
    if (isStep) window.history.pushState(null, '', addressOf(place))
  }, [])
  const found = checked.check?.problems ?? none
  const problems = useMemo(() => placed(found), [found])
  const edit = draft?.edit ?? nothing
  const known = useMemo(() => ({ edit, catalog, claims, problems }), [edit, catalog, claims, problems])
  if (draft === null || at === null) return <Skeleton className="h-96" />
  return (
    <EditorProvider value={known} document={draft.document}>
      <Toolbar draft={draft} check={checked} at={at} back={edited.current} onGo={go} />
      {draft.isKept ? null : (
        <Problem>This browser keeps no drafts, so a reload loses this one. Publish it, or leave the page open.</Problem>
      )}
      {checked.isSignedOut ? <SignedOut at={at} /> : null}
      {at === 'publish' ? (
        <PublishPanel
          draft={draft}
          check={checked}
          onGo={go}
          onStale={() => router.refresh()}
          onPublished={(number) => {
            toast.success(`Version ${number} is in force.`)
            router.push('/roles')
            router.refresh()
          }}
        />
      ) : (
        <div className="grid min-w-0 gap-6 lg:grid-cols-[220px_minmax(0,1fr)]">
          <Outline at={at} onGo={go} />
          <div className="min-w-0">
            <Selected at={at} target={target} onGo={go} />
            {draft.document.roles.length + draft.document.masks.length === 0 ? (
              <Empty title="Nothing is allowed yet">Add a role: who has it, and what its rules let them do.</Empty>
            ) : null}
          </div>
        </div>
      )}
    </EditorProvider>
  )
}

const addressOf = (place: string): string => `/roles/edit?at=${encodeURIComponent(place)}`

const none: never[] = []
const nothing = () => {}

function firstPlace({ roles, masks }: PolicyDocument, role: string | null, mask: string | null): string {
  const m = masks.findIndex(({ id }) => id === mask)
  if (m !== -1) return `masks.${m}`
  return `roles.${Math.max(
    0,
    roles.findIndex(({ name }) => name === role),
  )}`
}

const hasOwnUndo = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('textarea, input:not([type=checkbox]):not([type=radio])')

/** Undo and redo, where the browser's own does not belong to a field. */
function useUndoKeys(draft: Draft | null): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || hasOwnUndo(event.target)) return
      const key = event.key.toLowerCase()
      if (key === 'z') event.shiftKey ? draft?.redo() : draft?.undo()
      else if (key === 'y') draft?.redo()
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [draft])
}
