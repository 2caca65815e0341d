import type { PolicyDocument } from '../../../server/types'

/** A draft as this browser keeps it, one per viewer. `base` is what it was made from, to merge on. */
export type KeptDraft = { basedOn: number; base: PolicyDocument; document: PolicyDocument; at: string }

const keyOf = (viewer: string) => `sallyport draft ${viewer}`

export function readDraft(viewer: string): KeptDraft | null {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(viewer)) ?? 'null') as KeptDraft | null
    const isWhole = [kept?.base, kept?.document].every((one) => Array.isArray(one?.roles) && Array.isArray(one?.masks))
    return isWhole ? kept : null
  } catch {
    return null
  }
}

/** False when the browser does not keep it. */
export function keepDraft(viewer: string, draft: Omit<KeptDraft, 'at'>): boolean {
  try {
    localStorage.setItem(keyOf(viewer), JSON.stringify({ ...draft, at: new Date().toISOString() }))
    return true
  } catch {
    return false
  }
}

export function dropDraft(viewer: string): void {
  try {
    localStorage.removeItem(keyOf(viewer))
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

export const sameDocument = (a: PolicyDocument, b: PolicyDocument): boolean => JSON.stringify(a) === JSON.stringify(b)
