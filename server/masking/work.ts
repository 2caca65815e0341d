import type { Masker } from './masker'
import type { Budget, Needles } from './needles'
import { TooMuch } from './needles'
import { redact } from './redact'
import type { Columns } from './rows'
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
  /** Keys and indexes from the message down to the value that is looked at; the first `depth` count. */
  path: (string | number)[]
  depth: number
  /** The columns of rows in the object that is looked at. */
  columns: Columns | null
  /** Texts that may go on with a private key which the last one did not end. */
  openKey: number
  /** Keys of this message as they come out of the pass. */
  keys: Map<string, string>
  /** What stands instead of a value, by style and value. */
  redacted: Map<string, string>
  budget: Budget
  /** Characters of the message's own texts and keys. */
  size: number
  /** How many texts the value is in. */
  nested: number
}

const chipsMax = 500
const hiddenMax = 4096
const commonMax = 9
const keptMax = 100_000

export function begin(masker: Masker): Work {
  return {
    masker,
    hidden: new Map(),
    needles: null,
    masked: 0,
    chips: [],
    path: [],
    depth: 0,
    columns: null,
    openKey: 0,
    keys: new Map(),
    redacted: new Map(),
    budget: { left: masker.budget },
    size: 0,
    nested: 0,
  }
}

/** Counts one hidden value and remembers it for the other carriers of the message, unless they are sure to find it. */
export function note(work: Work, value: string, cover: Cover, sure = false): void {
  work.masked += 1
  if (work.masker.options.chips && work.chips.length < chipsMax)
    work.chips.push({ path: pathText(work), mask: cover.mask })
  if (sure || work.needles !== null) return
  const plain = value.trim()
  if (plain.length < 2 || plain.length > hiddenMax || (plain.length <= commonMax && common.test(plain))) return
  work.hidden.set(plain, cover)
}

// Values that say nothing outside their field, and would hide the language itself.
const common = /^(?:true|false|null|none|yes|no|n\/a|na|nan|unknown|undefined|on|off|ok|\[masked\]|\*{4}|\d{1,3})$/i

/** Notes a hidden value and gives what stands in its place. */
export function conceal(work: Work, value: string, cover: Cover, sure = false): string {
  note(work, value, cover, sure)
  if (cover.style !== 'hash') return redact(value, cover.style, work.masker.key)
  let shown = work.redacted.get(value)
  if (shown === undefined) {
    shown = redact(value, cover.style, work.masker.key)
    if (work.redacted.size < keptMax) work.redacted.set(value, shown)
  }
  return shown
}

/** True in the first pass, when some mask names fields. */
export const looksForFields = (work: Work): boolean => work.needles === null && work.masker.fields.size > 0

/** Pays for reading a text. */
export function spend(work: Work, text: string): void {
  work.budget.left -= text.length
  if (work.budget.left < 0) throw new TooMuch()
}

/** Counts towards the size of the message itself. */
export function measure(work: Work, text: string): void {
  if (work.nested > 0 || work.needles !== null) return
  work.size += text.length
  if (work.size > work.masker.bytesMax) throw new TooMuch()
}

function pathText({ path, depth }: Work): string {
  let text = ''
  for (let i = 0; i < depth; i += 1) {
    const part = path[i]!
    text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`
  }
  return text
}
