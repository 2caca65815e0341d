import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import type { Call, Effect, JsonObject } from '../../types'
import { compile } from '../compile'
import { decide } from '../decide'
import { parsePolicy } from '../document'
import { loadSql, sqlFacts } from '../sql/facts'

const usage = 'usage: npm run -s decide -- --policy FILE --as CLAIMS.json --call CALL.json'
const exitCodes = { allow: 0, review: 10, deny: 20 } satisfies Record<Effect, number>

/** Claims as an access token has them. */
const Claims = z.looseObject({
  sub: z.string().default('somebody'),
  email: z.string().optional(),
  groups: z.array(z.string()).default([]),
})

/** `sql` names the argument that holds SQL; `now` is the moment of the call. */
const CallFile = z.strictObject({
  connection: z.string(),
  action: z.string().default('tools/call'),
  resource: z.string(),
  arguments: z.record(z.string(), z.json()).default({}),
  client: z.string().default(''),
  tool: z.record(z.string(), z.unknown()).nullable().default(null),
  sql: z
    .strictObject({ argument: z.string(), dialect: z.enum(['postgres', 'mysql']).default('postgres') })
    .nullable()
    .default(null),
  http: z.strictObject({ method: z.string(), path: z.string() }).nullable().default(null),
  now: z.iso.datetime({ offset: true }).optional(),
})

const typeOf: Record<string, Call['resource']['type']> = { 'resources/read': 'resource', 'prompts/get': 'prompt' }

/** Prints the Decision; exit 0 allow, 10 review, 20 deny, 1 when it could not be asked. */
async function main(): Promise<number> {
  const options = { policy: { type: 'string' }, as: { type: 'string' }, call: { type: 'string' } } as const
  const { values } = parseArgs({ options })
  if (values.policy === undefined || values.as === undefined || values.call === undefined) throw new Error(usage)
  const read = parsePolicy(readFileSync(values.policy, 'utf8'))
  if (!read.ok)
    throw new Error(
      read.problems
        .map(({ line, column, message }) => `${values.policy}:${line ?? 1}:${column ?? 1}: ${message}`)
        .join('\n'),
    )
  await loadSql()
  const claims = Claims.parse(JSON.parse(readFileSync(values.as, 'utf8')))
  const file = CallFile.parse(JSON.parse(readFileSync(values.call, 'utf8')))
  const decision = decide(
    compile(0, read.document),
    callOf(claims, file),
    { grants: [], digest: null },
    new Date(file.now ?? Date.now()),
  )
  process.stdout.write(`${JSON.stringify(decision, null, 2)}\n`)
  return exitCodes[decision.effect]
}

function callOf(claims: z.infer<typeof Claims>, file: z.infer<typeof CallFile>): Call {
  const { connection, action, resource, client, tool, sql, http } = file
  const args = file.arguments as JsonObject
  return {
    principal: {
      id: claims.sub,
      email: claims.email ?? null,
      name: claims.email ?? claims.sub,
      groups: claims.groups,
      claims: claims as JsonObject,
      kind: 'user',
    },
    client: { id: '', name: client, version: '' },
    connection: { id: connection, name: connection, targetHash: '' },
    action,
    resource: { type: typeOf[action] ?? 'tool', id: resource },
    args,
    tool,
    sql: sql === null ? null : sqlFacts(args[sql.argument], sql.dialect, 'public'),
    http,
  }
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  },
)
