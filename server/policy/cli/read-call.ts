import { z } from 'zod'
import type { Call, JsonObject, Principal } from '../../types'
import { sqlFacts } from '../sql/facts'

const Args = z.record(z.string(), z.json()).default({})
const words = z.array(z.string()).default([])

const Claims = z.looseObject({ sub: z.string().min(1).default('someone'), groups: z.array(z.string()).default([]) })

const ReadFacts = z.strictObject({
  argument: z.string(),
  dialect: z.enum(['postgres', 'mysql']).default('postgres'),
  schema: z.string().default('public'),
})
const Facts = z.strictObject({
  readOnly: z.boolean(),
  verbs: words,
  tables: words,
  columns: words,
  functions: words,
  statements: z.number().default(1),
})

const about = {
  connection: z.union([z.string().min(1), z.looseObject({ name: z.string().min(1) }).transform(({ name }) => name)]),
  client: z
    .looseObject({ id: z.string().default(''), name: z.string().default(''), version: z.string().default('') })
    .prefault({}),
  hints: z.record(z.string(), z.json()).nullable().default(null),
  sql: z.union([ReadFacts, Facts]).nullable().optional(),
  http: z.strictObject({ method: z.string(), path: z.string() }).nullable().default(null),
}

type What = Pick<Call, 'action' | 'resource' | 'args'>

const asTool = (id: string, args: JsonObject): What => ({ action: 'tools/call', resource: { type: 'tool', id }, args })
const asResource = (id: string): What => ({ action: 'resources/read', resource: { type: 'resource', id }, args: {} })
const asPrompt = (id: string, args: JsonObject): What => ({
  action: 'prompts/get',
  resource: { type: 'prompt', id },
  args,
})

const whatIsAsked =
  'give `connection` and one of `tool`, `resource` or `prompt`, or the `method` and `params` of a tools/call, resources/read or prompts/get'

/** A tool, resource or prompt by its name; or an MCP request; or a call as the record shows it. */
const Asked = z.union(
  [
    z
      .strictObject({ ...about, tool: z.string(), args: Args })
      .transform(({ tool, args, ...rest }) => ({ ...rest, ...asTool(tool, args) })),
    z
      .strictObject({ ...about, resource: z.string() })
      .transform(({ resource, ...rest }) => ({ ...rest, ...asResource(resource) })),
    z
      .strictObject({ ...about, prompt: z.string(), args: Args })
      .transform(({ prompt, args, ...rest }) => ({ ...rest, ...asPrompt(prompt, args) })),
    z
      .strictObject({
        ...about,
        method: z.literal('tools/call'),
        params: z.looseObject({ name: z.string(), arguments: Args }),
      })
      .transform(({ method: _, params, ...rest }) => ({ ...rest, ...asTool(params.name, params.arguments) })),
    z
      .strictObject({ ...about, method: z.literal('resources/read'), params: z.looseObject({ uri: z.string() }) })
      .transform(({ method: _, params, ...rest }) => ({ ...rest, ...asResource(params.uri) })),
    z
      .strictObject({
        ...about,
        method: z.literal('prompts/get'),
        params: z.looseObject({ name: z.string(), arguments: Args }),
      })
      .transform(({ method: _, params, ...rest }) => ({ ...rest, ...asPrompt(params.name, params.arguments) })),
    z.strictObject({
      ...about,
      action: z.enum(['tools/call', 'resources/read', 'prompts/get']),
      resource: z.strictObject({ type: z.enum(['tool', 'resource', 'prompt']), id: z.string() }),
      args: Args,
    }),
  ],
  { error: whatIsAsked },
)

/** What a token says -> the caller. Throws ZodError. */
export function readClaims(value: unknown): Principal {
  const claims = Claims.parse(value)
  const { sub, groups, email, name } = claims
  return {
    id: sub,
    email: typeof email === 'string' ? email : null,
    name: typeof name === 'string' ? name : sub,
    groups,
    claims: claims as JsonObject,
    kind: 'user',
  }
}

/**
 * What is asked about -> a call. `sql` are facts, or where to read them; left out, an argument called `sql` is read as
 * PostgreSQL. Throws ZodError.
 */
export function readCall(value: unknown, principal: Principal): Call {
  const { connection, client, hints, sql, http, ...what } = Asked.parse(value)
  const { id, name, version } = client
  return {
    principal,
    client: { id, name, version },
    connection: { id: connection, name: connection, targetHash: '' },
    ...what,
    tool: hints,
    sql: factsOf(sql, what.args),
    http,
  }
}

function factsOf(sql: z.infer<typeof Asked>['sql'], args: JsonObject): Call['sql'] {
  if (sql === null) return null
  if (sql === undefined) return typeof args.sql === 'string' ? sqlFacts(args.sql, 'postgres', 'public') : null
  return 'argument' in sql ? sqlFacts(args[sql.argument], sql.dialect, sql.schema) : sql
}
