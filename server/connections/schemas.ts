import { z } from 'zod'
import { ownName } from '../db/own-connection'
import type { ClientRequestKind, HttpVerb, JsonObject, Pinning, SqlArgument } from '../types'

export const ConnectionName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, beginning with a letter or digit')
  .refine((name) => name !== ownName, '`sallyport` is the gateway itself')
  .refine((name) => name !== 'new' && name !== 'try', 'the console uses this word itself; choose another name')

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'not a header name')
const headerValue = z
  .string()
  .min(1)
  .max(8192)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'not a header value')
/** These belong to the gateway, to one hop (RFC 9110, section 7.6.1), or to the protocol. */
const refusedHeaders =
  /^(host|cookie|content-.*|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|accept|accept-encoding|proxy-.*|mcp-.*|last-event-id)$/i

const distinct = (names: string[]) => new Set(names.map((name) => name.toLowerCase())).size === names.length

export const Credential = z.strictObject({
  type: z.literal('headers'),
  headers: z
    .record(headerName, headerValue)
    .refine((headers) => Object.keys(headers).length > 0, 'name at least one header')
    .refine((headers) => !Object.keys(headers).some((name) => refusedHeaders.test(name)), 'this header cannot be set')
    .refine((headers) => distinct(Object.keys(headers)), 'a header stands here twice'),
})
export type Credential = z.infer<typeof Credential>

const Sql = z.strictObject({
  tool: z.string().min(1),
  argument: z.string().min(1),
  dialect: z.enum(['postgres', 'mysql']),
})
const Http = z.strictObject({
  tool: z.string().min(1),
  method: z.string().regex(/^[A-Za-z]{1,20}$/, 'a method is a word such as GET'),
  path: z
    .string()
    .max(2_000)
    .regex(
      /^\/[^?#\s\\]*$/,
      'a path begins with `/` and has no `?`, `#`, `\\` or space: arguments in a query are not part of it',
    )
    .refine((path) => !/[{}]/.test(path.replace(/\{[^{}]+\}/g, '')), 'write a place as `{argument}`')
    .refine(
      (path) => !path.split('/').some((segment) => /^\.{1,2}$/.test(segment)),
      'a path leads nowhere by `.` or `..`',
    ),
})
/** Facts are of one statement and one path: of a second entry nobody would hear. */
const eachOnce = <T extends { tool: string }>(entries: z.ZodType<T[]>) =>
  entries.refine((all) => new Set(all.map(({ tool }) => tool)).size === all.length, 'a tool stands here twice')

const shared = {
  sql: eachOnce(z.array(Sql)).default([]),
  http: eachOnce(z.array(Http)).default([]),
  schema: z.string().min(1).default('public'),
  clientRequests: z.array(z.enum(['sampling', 'elicitation', 'roots'])).default([]),
  /** Left out: as it was, and `warn` for a new connection. */
  pinning: z.enum(['strict', 'warn', 'off']).optional(),
}

/** A target over HTTP, or one that an agent serves. */
export const ConnectionTarget = z.discriminatedUnion('transport', [
  z.strictObject({ transport: z.literal('http'), url: z.string().min(1), ...shared }),
  z.strictObject({ transport: z.literal('agent'), agent: z.string().min(1), target: z.string().min(1), ...shared }),
])
export type ConnectionTarget = z.infer<typeof ConnectionTarget>

/** What registering takes, as it comes; its parts are checked one by one. */
export const NewConnection = z
  .looseObject({ name: ConnectionName, credential: z.unknown().optional() })
  .transform(({ name, credential, ...target }) => ({ name, credential, target }))

/** Changing: without `credential` the stored one stays where it may, null removes it, another replaces it. */
export const ChangedConnection = z
  .looseObject({ credential: z.unknown().optional() })
  .transform(({ credential, ...target }) => ({ credential, target }))

/** What is tried before it is saved; `name` is the connection that is being changed, if one is. */
export const TriedConnection = z
  .looseObject({ name: ConnectionName.optional(), credential: z.unknown().optional() })
  .transform(({ name, credential, ...target }) => ({ name, credential, target }))

export type CheckView = { ok: boolean; at: string; latencyMs: number | null; message: string }

export type ToolView = {
  name: string
  title: string
  description: string
  inputSchema: unknown
  hints: Record<string, unknown>
}

/** A connection as people see it: never a credential's value. */
export type ConnectionView = {
  id: string
  name: string
  transport: 'http' | 'agent'
  url: string | null
  agent: string | null
  target: string | null
  credential: { kind: 'none' | 'headers' | 'oauth_client' | 'agent'; setAt: string | null }
  sql: SqlArgument[]
  http: HttpVerb[]
  schema: string
  clientRequests: ClientRequestKind[]
  pinning: Pinning
  /** When its tools were pinned; null when they are not, or not yet. */
  pinnedAt: string | null
  /** Tools in quarantine that nobody decided on. */
  waiting: number
  /** Newest first. */
  health: CheckView[]
  tools: ToolView[]
  createdAt: string
  updatedAt: string
}

/** `returned`: it was rejected, and its target says something else of it since; it is kept from use all the same. */
export const QuarantineState = z.enum(['waiting', 'rejected', 'returned'])
export type QuarantineState = z.infer<typeof QuarantineState>

/**
 * Tools that nobody decided on, of one connection; further ones are refused. A target may make up tools in each list, and whoever
 * looks at this many has seen what it does. Those that were accepted have their place all the same.
 */
export const undecidedMax = 500
const decidedMax = 2_500

/** An administrator's word on tools in quarantine, as they were seen; with `state` nobody else may have decided meanwhile. */
export const ToolVerdict = z.strictObject({
  verdict: z.enum(['accept', 'reject']),
  tools: z
    .array(z.strictObject({ name: z.string(), hash: z.string(), state: QuarantineState.optional() }))
    .min(1, 'name at least one tool')
    .max(decidedMax)
    .refine((tools) => new Set(tools.map(({ name }) => name)).size === tools.length, 'a tool stands here twice'),
})

/** A tool in quarantine; `before` is null when it was never accepted. */
export type QuarantinedTool = {
  name: string
  hash: string
  state: QuarantineState
  /** Why it cannot be accepted; null when it can. */
  problem: string | null
  seenBy: string
  seenAt: string
  before: JsonObject | null
  after: JsonObject
}
export type ToolEvent = { seq: number; at: string; by: string; tool: string; did: 'quarantine' | 'accept' | 'reject' }
/** `isFull`: so many wait that others which come later are refused, and not kept. */
export type QuarantineView = { tools: QuarantinedTool[]; isFull: boolean; events: ToolEvent[] }

export type CheckResult = {
  ok: boolean
  latencyMs: number
  message: string
  tools: ToolView[]
  era: 'legacy' | 'modern' | null
}
