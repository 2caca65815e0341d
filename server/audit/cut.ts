import { hash } from 'node:crypto'
import type { Json, JsonObject } from '../types'

export const bodyBytesMax = 16 * 1024

/** What stands for JSON text that was too long: its length and SHA-256 (hex) as UTF-8, and how it begins. */
export type CutNotice = { cut: true; bytes: number; sha256: string; start: string }

/** What may be cut of the entry that opens a call, without what decided it. */
export type CutPart = 'arguments' | 'meta' | 'inputResponses' | 'facts'

/** JSON text as the record keeps it: whole up to 16 KB, else a notice of it. */
export function cutBody(text: string): string {
  return fits(text) ? text : JSON.stringify(measured(text)(startsMax[0]))
}

/**
 * The body of an entry that opens a call, as the record keeps it. Over 16 KB the longest of its arguments, `_meta` and input responses
 * is replaced by a notice, then the next, then the facts, until it fits; `cut` names those. What decided stays whole, or, where
 * that alone is too long, all of it is cut.
 */
export function cutOpening(body: JsonObject & { argumentsWhole: boolean }): string {
  const text = JSON.stringify(body)
  if (fits(text)) return text
  const parts = partsOf(body)
  for (const startMax of startsMax) {
    const left: JsonObject = { ...body }
    const cut: CutPart[] = []
    for (const { name, length, notice } of parts) {
      const shown = notice(startMax)
      if (JSON.stringify(shown).length >= length) continue
      left[name] = shown
      cut.push(name)
      const argumentsWhole = body.argumentsWhole && !cut.includes('arguments')
      const shorter = JSON.stringify({ ...left, argumentsWhole, cut })
      if (fits(shorter)) return shorter
    }
  }
  return cutBody(text)
}

/** Which parts of a body were cut, whatever they look like: a caller's own arguments may look like a notice. */
export const partsCut = ({ cut }: { cut?: Json }): readonly Json[] => (Array.isArray(cut) ? cut : [])

/** How much of the start is kept; less of it where much else must stay. */
const startsMax = [2048, 256] as const

function fits(text: string): boolean {
  // A code unit is at most three bytes.
  return text.length <= bodyBytesMax / 3 || Buffer.byteLength(text) <= bodyBytesMax
}

type Part = { name: CutPart; length: number; notice: (startMax: number) => CutNotice }

function partsOf(body: JsonObject): Part[] {
  const part = (name: CutPart): Part[] => {
    if (body[name] === undefined) return []
    const text = JSON.stringify(body[name])
    return [{ name, length: text.length, notice: measured(text) }]
  }
  const given = [...part('arguments'), ...part('meta'), ...part('inputResponses')]
  return [...given.sort((a, b) => b.length - a.length), ...part('facts')]
}

function measured(text: string): Part['notice'] {
  const bytes = Buffer.byteLength(text)
  const sha256 = hash('sha256', text, 'hex')
  return (startMax) => ({ cut: true, bytes, sha256, start: text.slice(0, startMax) })
}
