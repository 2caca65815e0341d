import type { MaskStyle } from '../types'

/** Which mask hides something, and how. */
export type Cover = { style: MaskStyle; mask: string }

/**
 * Part of a text that is hidden.
 * - `value`: what stands there once escapes are undone
 * - `insert`: replaces it as it is
 * - `sure`: found by its own form, so it will be found wherever else it stands
 * - `open`: a private key that this text does not end
 */
export type Span = {
  start: number
  end: number
  cover: Cover
  value?: string
  insert?: string
  sure?: boolean
  open?: boolean
}

export const strictness = { null: 3, redact: 2, hash: 1, partial: 0 } satisfies Record<MaskStyle, number>

/** The stricter of two covers: null > redact > hash > partial. The first stays when they are equal. */
export function stricter(a: Cover | null, b: Cover | null): Cover | null {
  if (a === null) return b
  if (b === null) return a
  return strictness[b.style] > strictness[a.style] ? b : a
}

/** Sorted and without overlaps; what overlaps is hidden as one, in the strictest style of its parts. */
export function merge(spans: Span[]): Span[] {
  if (spans.length < 2 || areApart(spans)) return spans
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end)
  const merged: Span[] = []
  let last: Span | null = null
  for (const span of sorted) {
    if (last === null || span.start >= last.end) merged.push(span)
    else merged[merged.length - 1] = join(last, span)
    last = merged[merged.length - 1]!
  }
  return merged
}

function areApart(spans: Span[]): boolean {
  for (let i = 1; i < spans.length; i += 1) if (spans[i]!.start < spans[i - 1]!.end) return false
  return true
}

function join(a: Span, b: Span): Span {
  const cover = stricter(a.cover, b.cover)!
  const whole = b.end <= a.end ? a : b.start === a.start ? b : null
  // A re-encoded text that is hidden as a whole by somebody else stays hidden.
  if (whole !== null && (whole.insert === undefined || (whole === a ? b : a).insert !== undefined))
    return { ...whole, cover }
  return { start: a.start, end: Math.max(a.end, b.end), cover, open: a.open === true || b.open === true }
}
