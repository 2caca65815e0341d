import { EvaluationError } from '@marcbachmann/cel-js'

/**
 * What evaluating the conditions of one call may cost together, in units of very roughly 100 ns: a policy has any number of
 * them. Callers choose the arguments, so work that grows with them is counted; past the limit a condition is not evaluable.
 */
export const unitsMax = 1_000_000

let spent = 0
let limit = Number.POSITIVE_INFINITY
let exhausted: EvaluationError | null = null

/** Begins a new evaluation. Evaluations are synchronous and never nested, so one counter is enough. */
export function startMeter(most: number): void {
  spent = 0
  limit = most
  exhausted = null
}

/** Ends it, and says what it cost. Outside of an evaluation nothing is limited. */
export function stopMeter(): number {
  limit = Number.POSITIVE_INFINITY
  return spent
}

export function spend(units: number): void {
  spent += units
  if (spent <= limit) return
  // Loops swallow errors and go on; one object for all of them keeps that cheap.
  exhausted ??= new EvaluationError({ code: 'too_expensive', message: 'too expensive' })
  throw exhausted
}

/** A step of a loop, and the nodes of what it does that are evaluated for a unit. */
export const loopStep = 4
export const nodesPerUnit = 8

/** An error keeps its stack, and quotes the line of the condition that it is in, character by character. Each asks for it twice. */
export const spendOnError = (lineLength: number): void => spend(100 + lineLength / 64)

/** Characters per unit: comparing copies whole words, functions look at every character. */
export const comparing = 256
export const scanning = 16

/** What an operator or function does with a value. */
export function spendOn(value: unknown, charactersPerUnit: number): void {
  if (typeof value === 'string') spend(1 + value.length / charactersPerUnit)
  else if (typeof value === 'object' && value !== null) spend(sizeOf(value, limit - spent))
}

/** Asking for the time in a named zone goes through Intl. */
export const timeZoneStep = 1_000

const shortNeedle = 256

/** Searching one long text in another is quadratic in V8 at worst: 400,000 and 200,000 characters took 28 s. */
export function spendOnSearch(text: unknown, needle: unknown): void {
  if (typeof text !== 'string' || typeof needle !== 'string' || needle.length <= shortNeedle) return
  spend((text.length * needle.length) / 256)
}

/** Before it is made: one text that a list repeats, or a long separator, could fill the memory. */
export function spendOnJoin(list: unknown, separator: unknown): void {
  if (!Array.isArray(list)) return
  const between = typeof separator === 'string' ? separator.length : 0
  for (const item of list) spend((between + (typeof item === 'string' ? item.length : 0)) / scanning)
}

/** RE2 is linear in the text; in the pattern it was found to be quadratic at worst. */
export const spendOnPattern = (text: string, programSize: number): void =>
  spend(text.length * (0.3 + programSize ** 2 / 3_000))

const sizes = new WeakMap<object, number>()

// Counting a few nodes costs less than to remember how many there were.
const rememberedMin = 16

/**
 * Number of nodes of a JSON value (or of what CEL made from it), remembered per object. Where it is more than `most` it is
 * not counted on: a list of lists that are one list has millions.
 */
export function sizeOf(value: unknown, most = Number.POSITIVE_INFINITY): number {
  if (typeof value !== 'object' || value === null) return 1
  const known = sizes.get(value)
  if (known !== undefined) return known
  let size = 0
  const open: unknown[] = [value]
  while (open.length > 0) {
    if (size > most) return size
    const next = open.pop()
    size += 1
    if (typeof next === 'object' && next !== null) for (const inner of Object.values(next)) open.push(inner)
  }
  if (size >= rememberedMin) sizes.set(value, size)
  return size
}
