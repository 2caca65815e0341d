import type { ASTNode, ParseResult } from '@marcbachmann/cel-js'
import { Environment, EvaluationError } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'
import {
  comparing,
  loopStep,
  nodesPerUnit,
  scanning,
  spend,
  spendOn,
  spendOnError,
  spendOnJoin,
  spendOnPattern,
  spendOnSearch,
  timeZoneStep,
} from './meter'

/** What a condition may read. */
export const variableNames = ['principal', 'client', 'args', 'tool', 'sql', 'http', 'now', 'connection'] as const
export type VariableName = (typeof variableNames)[number]

/** An expression whose structure is within bounds, with the variables it reads. */
export type Program = { run: ParseResult; reads: ReadonlySet<string> }

/** Why an expression is refused; `offset` counts characters of its text. */
export class CelProblem extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message)
  }
}

export const timestampType = 'google.protobuf.Timestamp'
const textMax = 20_000
const depthMax = 200
const nestingMax = 2
const macros = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'bind'])

/** The language: CEL, with `matches` by RE2, which is linear, in place of the library's native RegExp. */
const language = new Environment({ limits: { maxAstNodes: 4_000, maxDepth: 100 } }).registerFunction(
  // The last macro of a name is the one used, whatever its receiver: this takes over `string.matches` too.
  'list.matches(ast): bool',
  linearMatches as never,
)

/** Loops and `||` swallow errors and go on. Each error asks its node for the condition's text, and is counted there. */
function countErrors(): void {
  const node = Object.getPrototypeOf(language.parse('true').ast) as ASTNode
  const written = Object.getOwnPropertyDescriptor(node, 'input')?.get
  if (written === undefined) throw new Error('errors of conditions cannot be counted with this version of cel-js')
  Object.defineProperty(node, 'input', {
    get(this: ASTNode) {
      const text = written.call(this) as string
      spendOnError(text.length)
      return text
    },
  })
}
countErrors()

/** The language without variables, to be given types for a check. */
export const celEnvironment = (): Environment => language.clone()

const variables = celEnvironment()
for (const name of variableNames) variables.registerVariable(name, name === 'now' ? timestampType : 'map')

/**
 * Parses and bounds an expression. Throws CelProblem: not CEL, not a truth value, nested too deep, more than two macros
 * inside each other.
 */
export function parseCel(text: string, environment: Environment = variables): Program {
  if (text.length > textMax) throw new CelProblem(`the condition is longer than ${textMax} characters`, 0)
  const run = attempt(() => environment.parse(text))
  const reads = new Set<string>()
  inspect(run.ast, 0, 0, reads)
  const checked = run.check()
  if (checked.error !== undefined) throw problemOf(checked.error)
  if (checked.type !== 'bool' && checked.type !== 'dyn')
    throw new CelProblem(`the condition is ${article(checked.type ?? 'unknown')}, not true or false`, 0)
  meter(run.ast)
  return { run, reads }
}

const article = (type: string) => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`

function attempt<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw problemOf(error)
  }
}

function problemOf(error: unknown): CelProblem {
  if (error instanceof CelProblem) return error
  if (error instanceof RangeError) return new CelProblem('the condition is nested too deep', 0)
  const { summary, message, range } = error as { summary?: string; message: string; range?: { start: number } }
  const text = (summary ?? message.split('\n')[0] ?? 'not CEL').replace(
    'Unexpected token: EOF',
    'the condition is not complete',
  )
  return new CelProblem(text.charAt(0).toLowerCase() + text.slice(1), range?.start ?? 0)
}

/** The operands of a node, as the parser leaves them. */
export function operands({ op, args }: ASTNode): ASTNode[] {
  switch (op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [args[0]]
    case 'call':
      return args[1]
    case 'rcall':
      return [args[1], ...args[2]]
    case 'map':
      return args.flat()
    case '!_':
    case '-_':
      return [args]
    default:
      return args
  }
}

function inspect(node: ASTNode, depth: number, nesting: number, reads: Set<string>): void {
  if (depth > depthMax) throw new CelProblem('the condition is nested too deep', node.start)
  if (node.op === 'id') reads.add(node.args)
  const isMacro = node.op === 'rcall' && macros.has(node.args[0])
  if (isMacro && nesting === nestingMax)
    throw new CelProblem(`more than ${nestingMax} of all, exists, map, filter inside each other`, node.start)
  const [receiver] = operands(node)
  for (const operand of operands(node))
    inspect(operand, depth + 1, isMacro && operand !== receiver ? nesting + 1 : nesting, reads)
}

type Handle = (this: unknown, a: unknown, b: unknown, c: unknown, d: unknown) => unknown
/** What the library keeps on its nodes beside their public fields. */
type Internals = {
  handle?: Handle
  meta: { alternate?: { args?: { iterable?: unknown; condition?: (accumulated: unknown) => boolean } } }
}

/** Makes every operation whose cost depends on values count it. Returns how many nodes a step of a loop around it evaluates. */
function meter(node: ASTNode): number {
  const inner = node as unknown as Internals
  const loop = inner.meta.alternate?.args
  if (inner.handle !== undefined) inner.handle = metered(node, inner.handle)
  const sizes = operands(node).map(meter)
  const size = sizes.reduce((sum, one) => sum + one, 1)
  if (loop?.iterable === undefined) return size
  const [list = 0] = sizes
  const step = loopStep + (size - list) / nodesPerUnit
  const { condition } = loop
  // Asked before every step, and outside of what swallows a step's error.
  loop.condition = (accumulated) => {
    spend(step)
    return condition === undefined || condition(accumulated)
  }
  return list + 1
}

const comparisons = new Set<string>(['==', '!=', 'in', '+'])
const durationMax = 40

function metered(node: ASTNode, handle: Handle): Handle {
  if (comparisons.has(node.op))
    return function (left, right, ast, evaluator) {
      spendOn(left, comparing)
      spendOn(right, comparing)
      return handle.call(this, left, right, ast, evaluator)
    }
  if (node.op !== 'call' && node.op !== 'rcall') return handle
  const name = node.args[0]
  const isMethod = node.op === 'rcall'
  return function (values, b, c, d) {
    const [first, second] = values as unknown[]
    for (const value of values as unknown[]) spendOn(value, scanning)
    if (isMethod) spendOnSearch(first, second)
    if (name === 'join') spendOnJoin(first, second)
    if (first instanceof Date && second !== undefined) spend(timeZoneStep)
    // The library's pattern for durations is cubic: 20,000 digits did not end.
    if (name === 'duration' && String(first).length > durationMax)
      throw new EvaluationError({ code: 'invalid_duration', message: 'not a duration' })
    const result = handle.call(this, values, b, c, d)
    spendOn(result, scanning)
    return result
  }
}

type MacroArgs = { args: ASTNode[]; receiver: ASTNode }
type Checker = {
  check(node: ASTNode, context: unknown): { kind: string; type: string }
  getType(name: string): unknown
}
type Evaluator = { run(node: ASTNode, context: unknown): unknown }

/** `text.matches("pattern")`: RE2 syntax (https://github.com/google/re2/wiki/Syntax), found anywhere in the text. */
function linearMatches({ args: [pattern], receiver }: MacroArgs) {
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string')
    throw new CelProblem('the pattern of `matches` must be written out as a text', pattern?.start ?? 0)
  const compiled = compilePattern(pattern.args, pattern.start)
  const programSize = compiled.programSize()
  return {
    async: false,
    typeCheck(checker: Checker, _: unknown, context: unknown) {
      const { kind, type } = checker.check(receiver, context)
      if (kind !== 'dyn' && type !== 'string')
        throw new CelProblem(`\`matches\` needs a text, not ${article(type)}`, receiver.start)
      return checker.getType('bool')
    },
    evaluate(evaluator: Evaluator, _: unknown, context: unknown) {
      const text = evaluator.run(receiver, context)
      if (typeof text !== 'string')
        throw new EvaluationError({ code: 'no_such_overload', message: 'not a text', node: receiver })
      spendOnPattern(text, programSize)
      return compiled.test(text)
    },
  }
}

function compilePattern(pattern: string, offset: number): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw new CelProblem(`the pattern is not RE2: ${(error as Error).message}`, offset)
  }
}
