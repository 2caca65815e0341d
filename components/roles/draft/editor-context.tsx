'use client'

import { createContext, type ReactNode, useContext } from 'react'
import type { SeenClaim } from '../../../server/roles/schemas'
import type { PolicyDocument } from '../../../server/types'
import { Words } from '../../ui/words'
import type { Catalog } from './catalog'
import type { PlacedProblems } from './placed-problems'

/** What every field knows. It stays the same while one types, so that the other fields need not be drawn again. */
type Editor = {
  edit(change: (document: PolicyDocument) => PolicyDocument, key?: string): void
  catalog: Catalog
  claims: SeenClaim[]
  problems: PlacedProblems
}

const Context = createContext<Editor | null>(null)
const DocumentContext = createContext<PolicyDocument | null>(null)

type Props = { value: Editor; document: PolicyDocument; children: ReactNode }

export const EditorProvider = ({ value, document, children }: Props) => (
  <Context.Provider value={value}>
    <DocumentContext.Provider value={document}>{children}</DocumentContext.Provider>
  </Context.Provider>
)

/** The whole draft, for those who cannot do without it: each keystroke draws them again. */
export function useDocument(): PolicyDocument {
  const document = useContext(DocumentContext)
  if (document === null) throw new Error('this belongs into the editor')
  return document
}

export function useEditor(): Editor {
  const editor = useContext(Context)
  if (editor === null) throw new Error('this belongs into the editor')
  return editor
}

/** The place of an element whose field is at `path` of the document. */
export const placeOf = (path: string): string => `at-${path}`

/** The path of the place that an element is in; null when it is in none. */
export const pathOf = (element: Element): string | null =>
  element.closest('[id^="at-"]')?.id.slice('at-'.length) ?? null

const enabled = (names: string[]): string => names.map((name) => `${name}:not(:disabled)`).join()
const fields = enabled(['input', 'textarea', 'select', 'button'])
const controls = enabled(['select', 'button'])

/** Takes the keyboard to the field at `path`, or to what it is in. */
export const focusOn = (path: string): void => focusIn(path, fields, 'center')

/** The same without a jump of the page, and not into a text, where undo would be the text's own. */
export const focusNear = (path: string): void => focusIn(path, controls, 'nearest')

function focusIn(path: string, focusable: string, block: ScrollLogicalPosition): void {
  const keys = path.split('.')
  for (let n = keys.length; n > 0; n--) {
    const place = document.getElementById(placeOf(keys.slice(0, n).join('.')))
    const field = place?.matches(focusable) ? place : place?.querySelector<HTMLElement>(focusable)
    if (place === null || !field) continue
    ;(block === 'center' ? place : field).scrollIntoView({ block })
    field.focus({ preventScroll: true })
    return
  }
}

/** What is wrong with the field at `path`. `own`: not with what is in it. */
export function Problems({ path, own = false }: { path: string; own?: boolean }) {
  const { problems } = useEditor()
  const mine = own ? problems.at(path) : problems.in(path)
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
