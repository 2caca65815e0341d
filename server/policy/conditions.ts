import type { Call } from '../types'
import { CelProblem, parseCel, type VariableName } from './cel'
import { sizeOf, startMeter, stopMeter, unitsMax } from './meter'

export { CelProblem, type VariableName } from './cel'

/** What one condition says about one call. A string: why it could not be evaluated, without any value of the call. */
export type Answer = boolean | { error: string }

/** A `when`, compiled once. */
export type Condition = {
  text: string
  /** Whether the expression names a variable. */
  reads(name: VariableName): boolean
  answer(seen: Seen): Answer
  /** For lists, where the arguments are not known yet: `unknown` when the answer depends on them. */
  couldBe(seen: Seen): Answer | 'unknown'
}

/** The variables of one call. Make it once per call. `toolIsPinned` is for allow rules that read `tool`, see compile.ts. */
export type Seen = Record<VariableName, unknown> & { toolIsPinned?: unknown }

const nodesMax = 10_000

/** What a condition sees (design.md section 6). What is absent makes a condition that needs it not evaluable. */
export function seenBy({ principal, client, args, tool, toolIsPinned, sql, http, connection }: Call, now: Date): Seen {
  return {
    principal,
    client,
    args: sizeOf(args, nodesMax) > nodesMax ? undefined : args,
    tool: tool ?? undefined,
    toolIsPinned,
    sql: sql ?? undefined,
    http: http ?? undefined,
    now,
    connection: { id: connection.id, name: connection.name },
  }
}

/** What the conditions of a call have cost; what most of them cost is not worth its noting. */
const costs = new WeakMap<Seen, number>()
const notedMin = 1_000

/** Throws CelProblem, with the offset in `text`, when it is not a condition. */
export function compileCondition(text: string): Condition {
  const { run, reads } = parseCel(text)
  const answer = (seen: Seen): Answer => {
    const before = costs.get(seen) ?? 0
    if (before >= unitsMax) return { error: tooExpensive }
    startMeter(unitsMax - before)
    try {
      const value: unknown = run(seen)
      return typeof value === 'boolean' ? value : { error: 'it is neither true nor false' }
    } catch (error) {
      return { error: reasonOf(error, text) }
    } finally {
      const units = stopMeter()
      if (units > notedMin) costs.set(seen, before + units)
    }
  }
  return {
    text,
    reads: (name) => reads.has(name),
    answer,
    couldBe(seen) {
      const { view, touched } = withoutArguments(seen)
      const found = answer(view)
      // CEL's `&&` and `||` swallow the error of one side when the other decides: that is three-valued logic.
      return typeof found === 'object' && touched() ? 'unknown' : found
    },
  }
}

/** The problem of a condition's text, or null. */
export function conditionProblem(text: string): CelProblem | null {
  try {
    parseCel(text)
    return null
  } catch (error) {
    if (error instanceof CelProblem) return error
    throw error
  }
}

function withoutArguments(seen: Seen): { view: Seen; touched(): boolean } {
  let read = false
  const unknown = () => {
    read = true
    return undefined
  }
  const view = { ...seen }
  for (const name of ['args', 'sql', 'http']) Object.defineProperty(view, name, { get: unknown })
  return { view, touched: () => read }
}

const tooExpensive = 'it takes too long on these arguments'
const reasons: Record<string, string> = {
  no_such_key: 'there is no such field',
  unknown_variable: 'this is not known for the call',
  no_such_overload: 'the types do not fit',
  no_matching_overload: 'the types do not fit',
  index_out_of_bounds: 'the list is shorter',
  too_expensive: tooExpensive,
}

/** The library's own messages quote values; ours quote the condition only. */
function reasonOf(error: unknown, text: string): string {
  const { code, range } = error as { code?: string; range?: { start: number; end: number } }
  const why = reasons[code ?? ''] ?? 'it cannot be evaluated'
  if (range === undefined || code === 'too_expensive') return why
  return `${why}: \`${text.slice(wordStart(text, range.start), range.end)}\``
}

/** `.` nodes point at their last name only; the whole path reads better. */
function wordStart(text: string, at: number): number {
  let start = at
  while (start > 0 && /[\w.[\]"]/.test(text[start - 1] ?? '')) start -= 1
  return start
}
