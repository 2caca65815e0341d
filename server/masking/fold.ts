import { plainOf } from './fold-characters'
import { clusterAt, isComposing } from './fold-clusters'
import { backslash, entity, type Piece, percent } from './fold-escapes'
import { TooMuch } from './too-much'

/** A text as it is meant, and for each of its characters where it stands in the original; one entry more for the end. */
export type View = { text: string; at: Int32Array; pieces: number }

const roundsMax = 4
// Few characters stand for more than four others, and no text is made of them.
const [growthMax, growthFree] = [4, 4096]
const folds = /[\u0080-\uffff\\%&]/

/**
 * Undoes what makes the same value look different: zero-width characters, compatibility and decomposed forms (NFKC), digits
 * of other scripts, escapes of JSON, URL (RFC 3986) and HTML. Null when there is nothing to undo. Several layers are undone.
 */
export function fold(text: string): View | null {
  if (!folds.test(text)) return null
  let view: View | null = null
  for (let round = 0; round < roundsMax; round += 1) {
    const next = foldOnce(view?.text ?? text)
    if (next === null) break
    view = view === null ? next : compose(view, next)
  }
  return view
}

function compose(outer: View, inner: View): View {
  const at = new Int32Array(inner.at.length)
  for (let i = 0; i < at.length; i += 1) at[i] = outer.at[inner.at[i]!]!
  return { text: inner.text, at, pieces: outer.pieces + inner.pieces }
}

function foldOnce(text: string): View | null {
  const first = nextPiece(text, 0)
  if (first === null) return null
  const parts: string[] = []
  let at = new Int32Array(text.length + 1)
  let length = 0
  let pieces = 0
  let from = 0
  for (let found: Found | null = first; found !== null; found = nextPiece(text, from)) {
    const { start, piece } = found
    pieces += 1
    if (start > from) parts.push(text.slice(from, start))
    parts.push(piece.text)
    // A compatibility form can be longer than its character.
    const needed = length + (text.length - from) + piece.text.length + 1
    if (needed > growthMax * text.length + growthFree) throw new TooMuch()
    if (needed > at.length) at = grown(at, needed)
    for (let i = from; i < start; i += 1) at[length++] = i
    for (let n = 0; n < piece.text.length; n += 1) at[length++] = start
    from = start + piece.width
  }
  parts.push(text.slice(from))
  for (let i = from; i <= text.length; i += 1) at[length++] = i
  return { text: parts.join(''), at: at.subarray(0, length), pieces }
}

function grown(at: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length * 2)
  larger.set(at)
  return larger
}

export type Found = { start: number; piece: Piece }

function nextPiece(text: string, from: number): Found | null {
  for (let i = from; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code < 0x80 && code !== 0x5c && code !== 0x25 && code !== 0x26) continue
    const cluster = isComposing(code) ? clusterAt(text, i, from) : null
    if (cluster !== null) return cluster
    const piece = pieceAt(text, i, code)
    if (piece !== null) return { start: i, piece }
    if (code >= 0xd800 && code <= 0xdbff) i += 1
  }
  return null
}

function pieceAt(text: string, i: number, code: number): Piece | null {
  if (code === 0x5c) return backslash(text, i)
  if (code === 0x25) return percent(text, i)
  if (code === 0x26) return entity(text, i)
  const point = code >= 0xd800 && code <= 0xdbff ? text.codePointAt(i)! : code
  const plain = plainOf(point)
  return plain === null ? null : { text: plain, width: point > 0xffff ? 2 : 1 }
}
