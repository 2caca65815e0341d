import type { JsonObject } from '../types'
import type { Masker } from './masker'
import type { Budget, Needles } from './needles'
import type { Cover } from './spans'

/** Where a value was hidden, and by which mask. */
export type Chip = { path: string; mask: string }

/** The state of masking one message. */
export type Work = {
  masker: Masker
  /** What the first pass hid; the second looks for it everywhere. */
  hidden: Map<string, Cover>
  /** Set in the second pass. */
  needles: Needles | null
  masked: number
  chips: Chip[]
  /** Keys and indexes from the message down to the value that is looked at. */
  path: (string | number)[]
  /** The objects around the value that is looked at, outermost first. */
  owners: JsonObject[]
  budget: Budget
  /** Characters of the message's own texts and keys. */
  size: number
  /** How many texts the value is in. */
  nested: number
}

const chipsMax = 500
const hiddenMax = 4096

export function begin(masker: Masker): Work {
  const budget = { left: masker.budget }
  return {
    masker,
    hidden: new Map(),
    needles: null,
    masked: 0,
    chips: [],
    path: [],
    owners: [],
    budget,
    size: 0,
    nested: 0,
  }
}

/** Counts one hidden value and remembers it for the other carriers of the message. */
export function note(work: Work, value: string, cover: Cover): void {
  work.masked += 1
  if (work.chips.length < chipsMax) work.chips.push({ path: pathText(work.path), mask: cover.mask })
  if (work.needles !== null) return
  const plain = value.trim()
  if (plain.length >= 2 && plain.length <= hiddenMax && !common.test(plain)) work.hidden.set(plain, cover)
}

// Values that say nothing outside their field, and would hide the language itself.
const common = /^(?:true|false|null|none|yes|no|n\/a|na|nan|unknown|undefined|on|off|ok|\[masked\]|\*{4}|\d{1,3})$/i

function pathText(path: readonly (string | number)[]): string {
  let text = ''
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`
  return text
}
