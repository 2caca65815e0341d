import type { Masker } from './masker'
import type { Budget, Needles } from './needles'
import { redact } from './redact'
import type { Columns } from './rows'
import { type Cover, stricter } from './spans'
import { TooMuch } from './too-much'

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
  /** What may still be done: so much for any message, and more for each character of its own. See `pay`. */
  budget: Budget
  /** Characters of the message's own texts and keys. */
  size: number
  /** How many texts the value is in. */
  nested: number
}

const chipsMax = 500
const hiddenMax = 4096
const commonMax = 9
const nameMax = 64
const lineMin = 4
const keptMax = 100_000

/** A unit is about what it takes to read a character: some ten nanoseconds. */
const budgetBase = 8_000_000
const budgetEach = 24
/** What a value has around it. */
const around = 8
/** What a hidden value costs, and what one that is looked for elsewhere. */
const hiddenCost = 64
const rememberedCost = 192

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
    budget: { left: budgetBase },
    size: 0,
    nested: 0,
  }
}

/** Counts one hidden value and remembers it for the other carriers of the message, unless they are sure to find it. */
export function note(work: Work, value: string, cover: Cover, sure = false): void {
  work.masked += 1
  pay(work, hiddenCost)
  if (work.masker.options.chips && work.chips.length < chipsMax)
    work.chips.push({ path: pathText(work), mask: cover.mask })
  if (sure || work.needles !== null) return
  const plain = value.trim()
  const known = work.hidden.get(plain)
  if (known !== undefined && stricter(known, cover) === known) return
  if (plain.length < 2 || plain.length > hiddenMax || (plain.length <= commonMax && common.test(plain))) return
  if (plain.length <= nameMax && work.masker.fields.isName(plain)) return
  remember(work, plain, cover)
  // Of several lines the first alone can be the value, where nobody can tell how far it goes.
  const line = plain.includes('\n') ? plain.slice(0, plain.indexOf('\n')).trimEnd() : ''
  if (line.length >= lineMin && !line.startsWith('-----')) remember(work, line, cover)
  // Another carrier can say it composed (NFC), which is how texts are folded.
  const composed = beyondAscii.test(plain) ? plain.normalize('NFC') : plain
  if (composed !== plain) remember(work, composed, cover)
}

const beyondAscii = /[^\0-\x7f]/

function remember(work: Work, plain: string, cover: Cover): void {
  const known = work.hidden.get(plain)
  if (known === undefined) pay(work, rememberedCost)
  work.hidden.set(plain, stricter(known ?? null, cover)!)
}

// Values that say nothing outside their field, and would hide the language itself.
const common =
  /^(?:true|false|null|none|yes|no|n\/a|na|nan|unknown|undefined|string|number|integer|boolean|object|array|on|off|ok|\[masked\]|\*{4}|\d{1,3})$/i

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

/** Pays for work. A message that is made to cost much more than others of its size is not masked at all. */
export function pay(work: Work, units: number): void {
  work.budget.left -= units
  if (work.budget.left < 0) throw new TooMuch()
}

/** Counts towards the size of the message itself. */
export function measure(work: Work, text: string): void {
  if (work.nested > 0 || work.needles !== null) return
  work.size += text.length
  work.budget.left += (text.length + around) * budgetEach
  if (work.size > work.masker.bytesMax) throw new TooMuch()
}

/** The same for the items of a list, which can be numbers. */
export function measureItems(work: Work, items: unknown[]): void {
  if (work.nested > 0 || work.needles !== null) return
  work.budget.left += items.length * around * budgetEach
}

const depthFree = 32

/** Pays for looking at all that stands above a key. */
export function payForDepth(work: Work): void {
  if (work.depth > depthFree) pay(work, 2 * work.depth)
}

function pathText({ path, depth }: Work): string {
  let text = ''
  for (let i = 0; i < depth; i += 1) {
    const part = path[i]!
    text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`
  }
  return text
}
