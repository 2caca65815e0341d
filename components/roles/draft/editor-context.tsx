'use client'

import { createContext, useContext } from 'react'
import type { DraftProblem, SeenClaim } from '../../../server/roles/schemas'
import type { PolicyDocument } from '../../../server/types'
import { Words } from '../../ui/words'
import type { Catalog } from './catalog'

type Editor = {
  document: PolicyDocument
  edit(change: (document: PolicyDocument) => PolicyDocument, key?: string): void
  catalog: Catalog
  claims: SeenClaim[]
  problems: DraftProblem[]
}

const Context = createContext<Editor | null>(null)
export const EditorProvider = Context.Provider

export function useEditor(): Editor {
  const editor = useContext(Context)
  if (editor === null) throw new Error('this belongs into the editor')
  return editor
}

/** The place of an element whose field is at `path` of the document. */
export const placeOf = (path: string): string => `at-${path}`

export const isIn = (path: string, place: string): boolean => path === place || path.startsWith(`${place}.`)

/** Takes the keyboard to the field at `path`, or to what it is in. */
export function focusOn(path: string): void {
  const keys = path.split('.')
  for (let n = keys.length; n > 0; n--) {
    const place = document.getElementById(placeOf(keys.slice(0, n).join('.')))
    if (place === null) continue
    const focusable = 'input, textarea, select, button'
    const field = place.matches(focusable) ? place : place.querySelector<HTMLElement>(focusable)
    place.scrollIntoView({ block: 'center' })
    field?.focus({ preventScroll: true })
    return
  }
}

/** What is wrong with the field at `path`. `own`: not with what is in it. */
export function Problems({ path, own = false }: { path: string; own?: boolean }) {
  const { problems } = useEditor()
  const mine = problems.filter((problem) => (own ? problem.path === path : isIn(problem.path, path)))
  if (mine.length === 0) return null
  return (
    <ul className="mt-1 flex flex-col gap-0.5">
      {mine.map(({ severity, message, path: at }) => (
        <li key={`${at} ${message}`} className={`text-[13px] ${severity === 'error' ? 'text-deny' : 'text-review'}`}>
          <Words>{`${severity}: ${message}`}</Words>
        </li>
      ))}
    </ul>
  )
}
