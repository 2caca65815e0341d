import type { Json, JsonObject, PolicyDocument, Rule, ToolHints } from '../types'
import { CelProblem, celEnvironment, type Program, parseCel, timestampType } from './cel'
import type { Problem } from './document'
import { anyGlob } from './match'

/** What publishing knows of a tool. */
export type ToolFacts = { name: string; inputSchema: JsonObject | null; hints?: ToolHints | null }
/** `pinned`: a tool whose definition changed is not used before an admin looked at it. */
export type ConnectionFacts = { name: string; pinned: boolean }

type Environment = ReturnType<typeof celEnvironment>
type Shape = string | { [field: string]: Shape }

const texts = 'list<string>'
const shapes: Record<string, Shape> = {
  principal: { id: 'string', email: 'dyn', name: 'string', groups: texts, claims: 'map', kind: 'string' },
  client: { id: 'string', name: 'string', version: 'string' },
  tool: {
    readOnlyHint: 'bool',
    destructiveHint: 'bool',
    idempotentHint: 'bool',
    openWorldHint: 'bool',
    title: 'string',
  },
  sql: { readOnly: 'bool', verbs: texts, tables: texts, columns: texts, functions: texts, statements: 'double' },
  http: { method: 'string', path: 'string' },
  connection: { id: 'string', name: 'string' },
}

/** Numbers of JSON are decimal, and compare with whole ones when a condition is evaluated; so they do when it is checked. */
function typedEnvironment(args: Shape): Environment {
  const environment = celEnvironment()
    .registerOperator('double == int', (a: number, b: bigint) => a === Number(b))
    .registerOperator('double in list<int>: bool', () => false)
    .registerVariable('now', timestampType)
  for (const [name, shape] of Object.entries({ ...shapes, args }))
    if (typeof shape === 'string') environment.registerVariable(name, shape)
    else environment.registerVariable({ name, schema: shape as never })
  return environment
}

const anyArguments = typedEnvironment('map')

/** Parses a condition as it is checked before publishing: fields that do not exist are refused. Throws CelProblem. */
export const checkCel = (text: string): Program => parseCel(text, anyArguments)

/**
 * What the other side claims about itself must not widen access: an allow rule that reads `client`, or `tool` where tools
 * are not pinned, is refused; with other effects it is warned of.
 */
export function checkRule(rule: Rule, connections: ConnectionFacts[], path = 'when'): Problem[] {
  if (rule.when === null) return []
  const { reads } = parseCel(rule.when)
  const unpinned = connections.filter(({ name, pinned }) => !pinned && anyGlob(rule.connections, name))
  const severity = rule.effect === 'allow' ? 'error' : 'warning'
  const found: string[] = []
  if (reads.has('client')) found.push(clientWords[severity])
  if (reads.has('tool') && unpinned.length > 0)
    found.push(`${toolWords[severity]} (\`${unpinned.map(({ name }) => name).join('`, `')}\`)`)
  return found.map((message) => ({ message, path, line: null, column: null, severity }))
}

const clientWords = {
  error: 'an allow rule must not read `client`: a caller gets in by naming another client',
  warning: 'this reads `client`: a caller avoids this by naming another client',
}
const toolWords = {
  error: 'an allow rule must not read `tool` where tools are not pinned: the target could describe itself into it',
  warning: 'this reads `tool` where tools are not pinned: the target avoids this by describing its tool otherwise',
}

/**
 * Checks what conditions say of `args` against the tools their rules name. An error when it fits none of them, a warning
 * when it fits some: there the condition is never evaluable, so that an allow rule never matches and a deny rule always.
 */
export function checkConditions(document: PolicyDocument, toolsByConnection: Record<string, ToolFacts[]>): Problem[] {
  const environments = new Map<JsonObject, Environment>()
  return document.roles.flatMap((role, r) =>
    role.rules.flatMap((rule, n) => {
      const problem = checkArguments(rule, toolsByConnection, environments)
      return problem === null ? [] : [{ ...problem, path: `roles.${r}.rules.${n}.when`, line: null, column: null }]
    }),
  )
}

function checkArguments(
  { when, connections, actions, resources, effect }: Rule,
  toolsByConnection: Record<string, ToolFacts[]>,
  environments: Map<JsonObject, Environment>,
): Pick<Problem, 'message' | 'severity' | 'offset'> | null {
  if (when === null || !anyGlob(actions, 'tools/call') || !parseCel(when).reads.has('args')) return null
  const tools = Object.entries(toolsByConnection)
    .filter(([connection]) => anyGlob(connections, connection))
    .flatMap(([connection, known]) => known.map((tool) => ({ ...tool, connection })))
    .filter(({ name, inputSchema }) => anyGlob(resources, name) && inputSchema !== null)
  const wrong = tools.flatMap((tool) => {
    const found = misfit(when, tool.inputSchema!, environments)
    return found === null ? [] : [{ ...found, name: `${tool.connection}/${tool.name}` }]
  })
  if (wrong.length === 0) return null
  const names = wrong.map(({ name }) => `\`${name}\``)
  const shown = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
  const then = effect === 'allow' ? 'never matches there' : 'always matches there'
  return {
    message: `${wrong[0]!.message} (${shown}): the rule ${then}`,
    severity: wrong.length === tools.length ? 'error' : 'warning',
    offset: wrong[0]!.offset,
  }
}

type Misfit = { message: string; offset: number }

function misfit(when: string, schema: JsonObject, environments: Map<JsonObject, Environment>): Misfit | null {
  let environment = environments.get(schema)
  if (environment === undefined) {
    environment = typedEnvironment(shapeOf(schema, 0))
    environments.set(schema, environment)
  }
  try {
    parseCel(when, environment)
    return null
  } catch (error) {
    if (!(error instanceof CelProblem)) throw error
    const hint = /double [-+*/] int|int [-+*/] double/.test(error.message)
      ? '; numbers in arguments are decimal: write `1.0` for 1'
      : ''
    return { message: `${error.message.replace('no such key', 'there is no argument')}${hint}`, offset: error.offset }
  }
}

const scalars: Record<string, string> = { string: 'string', number: 'double', integer: 'double', boolean: 'bool' }
const depthMax = 6

/** The CEL type of a JSON Schema (2020-12); what it leaves open is `dyn`. */
function shapeOf(schema: Json | undefined, depth: number): Shape {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return 'dyn'
  const { type, properties, items } = schema
  if (['$ref', 'anyOf', 'oneOf', 'allOf', 'not', 'if'].some((key) => key in schema) || typeof type !== 'string')
    return depth === 0 ? 'map' : 'dyn'
  if (type === 'array') {
    const item = shapeOf(items, depth + 1)
    return typeof item === 'string' && Object.values(scalars).includes(item) ? `list<${item}>` : 'list'
  }
  if (type !== 'object') return scalars[type] ?? 'dyn'
  const fields = typeof properties === 'object' && properties !== null ? Object.entries(properties) : []
  const named = fields.every(([name]) => /^[A-Za-z_]\w*$/.test(name))
  // Names outside of the schema may be meant to pass.
  if (fields.length === 0 || !named || depth > depthMax || isOpen(schema)) return 'map'
  return Object.fromEntries(fields.map(([name, inner]) => [name, shapeOf(inner, depth + 1)]))
}

const isOpen = ({ additionalProperties, patternProperties }: JsonObject): boolean =>
  patternProperties !== undefined || additionalProperties === true || typeof additionalProperties === 'object'
