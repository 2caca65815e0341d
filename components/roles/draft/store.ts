import type { PolicyDocument } from '../../../server/types'
import { type Apart, apart, together } from './apart'

/** A draft as this browser keeps it, one per viewer. `base` is what it was made from, to merge on; `message` what was typed of why. */
export type KeptDraft = {
  basedOn: number
  base: PolicyDocument
  document: PolicyDocument
  message: string
  at: string
}

type Stored = Omit<KeptDraft, 'base' | 'message'> & { base: Apart; message?: string }

export const keyOfDraft = (viewer: string) => `sallyport draft ${viewer}`

export function readDraft(viewer: string): KeptDraft | null {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOfDraft(viewer)) ?? 'null') as Stored | null
    if (kept === null || !isWhole(kept.base) || !isWhole(kept.document)) return null
    return { ...kept, base: together(kept.base, kept.document), message: kept.message ?? '' }
  } catch {
    return null
  }
}

const isWhole = (one: Apart | undefined): boolean => Array.isArray(one?.roles) && Array.isArray(one?.masks)

/** False when the browser does not keep it. */
export function keepDraft(viewer: string, { base, ...draft }: Omit<KeptDraft, 'at'>): boolean {
  try {
    const stored: Stored = { ...draft, base: apart(base, draft.document), at: new Date().toISOString() }
    localStorage.setItem(keyOfDraft(viewer), JSON.stringify(stored))
    return true
  } catch {
    return false
  }
}

export function dropDraft(viewer: string): void {
  try {
    localStorage.removeItem(keyOfDraft(viewer))
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}
