import { Environment, type ParseResult } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'
import type { Call, Json } from '../types'

/** A compiled `when`. `unknown`: it could not be evaluated, or depends on what is not known yet. */
export type Verdict = 'true' | 'false' | 'unknown'
export type Condition = {
  text: string
  evaluate(call: Call, now: Date): { verdict: Verdict; error: string | null }
  /** Whether the expression reads a variable. */
  reads(name: (typeof names)[number]): boolean
  /** Without arguments: what depends on them counts as unknown. */
  evaluateListing(call: Call, now: Date): Verdict
}

const nodesMax = 10_000
const patternsMax = 500

const patterns = new Map<string, RE2JS>()

// The library's `matches` is a native RegExp, which 29 characters can freeze; RE2 is linear.
function matches(text: string, pattern: string): boolean {
  let compiled = patterns.get(pattern)
  if (compiled === undefined) {
    compiled = RE2JS.compile(pattern)
    if (patterns.size >= patternsMax) patterns.clear()
    patterns.set(pattern, compiled)
  }
  return compiled.matcher(text).find()
}

const names = ['principal', 'client', 'args', 'tool', 'sql', 'http', 'now', 'connection'] as const
const environment = names.reduce(
  (env, name) => env.registerVariable(name, name === 'now' ? 'google.protobuf.Timestamp' : 'dyn'),
  new Environment({ unlistedVariablesAreDyn: false }),
)

/** Throws an Error with the parser's message when `text` is not a CEL expression. */
export function compileCondition(text: string): Condition {
  const program: ParseResult = environment.parse(text)
  const read = variablesOf(program.ast)
  const dependsOnArguments = read.has('args') || read.has('sql') || read.has('http')
  return {
    text,
    reads: (name) => read.has(name),
    evaluateListing: (call, now) => {
      if (dependsOnArguments) return 'unknown'
      const value = run(program, call, now)
      return typeof value === 'boolean' ? (value ? 'true' : 'false') : 'unknown'
    },
    evaluate: (call, now) => {
      if (tooLarge(call.args)) return { verdict: 'unknown', error: `the arguments have more than ${nodesMax} values` }
      try {
        const value = program(seen(call, now)) as unknown
        if (typeof value === 'boolean') return { verdict: value ? 'true' : 'false', error: null }
        return { verdict: 'unknown', error: 'the condition is neither true nor false' }
      } catch (error) {
        return { verdict: 'unknown', error: (error as Error).message.split('\n')[0] ?? 'the condition failed' }
      }
    },
  }
}

function variablesOf(ast: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(ast)) for (const item of ast) variablesOf(item, found)
  else if (typeof ast === 'object' && ast !== null && 'op' in ast && 'args' in ast) {
    if (ast.op === 'id' && typeof ast.args === 'string') found.add(ast.args)
    else variablesOf(ast.args, found)
  }
  return found
}

function run(program: ParseResult, call: Call, now: Date): unknown {
  try {
    return program(seen(call, now))
  } catch {
    return null
  }
}

const seen = ({ principal, client, args, tool, sql, http, connection }: Call, now: Date) => ({
  principal: {
    id: principal.id,
    email: principal.email,
    name: principal.name,
    groups: principal.groups,
    claims: principal.claims,
    kind: principal.kind,
  },
  client,
  args,
  tool: tool ?? undefined,
  sql: sql ?? undefined,
  http: http ?? undefined,
  now,
  connection: { id: connection.id, name: connection.name },
})

function tooLarge(root: Json): boolean {
  const open: Json[] = [root]
  for (let seenNodes = 0; open.length > 0; seenNodes += 1) {
    if (seenNodes > nodesMax) return true
    const value = open.pop() as Json
    if (typeof value === 'object' && value !== null) open.push(...Object.values(value))
  }
  return false
}

export { matches }
