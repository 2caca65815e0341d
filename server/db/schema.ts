import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { ClientRequestKind, HttpVerb, Pinning, SqlArgument } from '../types'
import { at, bytea } from './columns'

/** Immutable and chained: `hash` covers every column before it. The server's role may INSERT and SELECT, nothing else. */
export const policyVersions = pgTable('policy_versions', {
  number: integer('number').primaryKey(),
  author: text('author').notNull(),
  at: at('at').notNull(),
  message: text('message').notNull(),
  document: text('document').notNull(),
  previousHash: text('previous_hash').notNull(),
  hash: text('hash').notNull(),
})

export const connections = pgTable('connections', {
  id: uuid('id').primaryKey().defaultRandom(),
  name: text('name').notNull().unique(),
  transport: text('transport', { enum: ['http', 'agent'] }).notNull(),
  url: text('url'),
  agentId: uuid('agent_id'),
  target: text('target'),
  credentialKind: text('credential_kind', { enum: ['none', 'headers', 'oauth_client', 'agent'] })
    .notNull()
    .default('none'),
  /** AES-256-GCM under the installation key, bound to connection id and origin. */
  credentialSealed: bytea('credential_sealed'),
  credentialSetAt: at('credential_set_at'),
  sql: jsonb('sql').$type<SqlArgument[]>().notNull().default([]),
  http: jsonb('http').$type<HttpVerb[]>().notNull().default([]),
  schema: text('schema').notNull().default('public'),
  clientRequests: jsonb('client_requests').$type<ClientRequestKind[]>().notNull().default([]),
  pinning: text('pinning').$type<Pinning>().notNull().default('warn'),
  /** When its tools were first listed since it leads where it leads; null: nothing is pinned yet, the next list is. */
  pinnedAt: at('pinned_at'),
  createdAt: at('created_at').notNull().defaultNow(),
  updatedAt: at('updated_at').notNull().defaultNow(),
})

/** One recorded conversation. For a legacy MCP session `id` is also the `Mcp-Session-Id` the gateway minted. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid('id').primaryKey(),
    era: text('era', { enum: ['legacy', 'modern'] }).notNull(),
    principalId: text('principal_id').notNull(),
    principal: text('principal').notNull(),
    clientName: text('client_name').notNull(),
    clientVersion: text('client_version').notNull(),
    connectionId: uuid('connection_id').notNull(),
    connection: text('connection').notNull(),
    /** The upstream's own session id, sealed: holding it must not be enough to use it. */
    upstreamSessionSealed: bytea('upstream_session_sealed'),
    protocolVersion: text('protocol_version').notNull().default(''),
    capabilities: jsonb('capabilities').$type<Record<string, unknown>>().notNull().default({}),
    startedAt: at('started_at').notNull().defaultNow(),
    lastAt: at('last_at').notNull().defaultNow(),
    endedAt: at('ended_at'),
  },
  (t) => [index('sessions_last').on(t.lastAt), index('sessions_principal').on(t.principalId, t.lastAt)],
)

/** Append-only. Bodies are JSON in `text` and hashed as stored; the columns beside them are derived, for search. */
export const entries = pgTable(
  'entries',
  {
    chain: uuid('chain').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    id: uuid('id').notNull(),
    kind: text('kind').notNull(),
    at: at('at').notNull(),
    sessionId: uuid('session_id'),
    callId: uuid('call_id'),
    principalId: text('principal_id').notNull(),
    principal: text('principal').notNull(),
    client: text('client').notNull(),
    connectionId: uuid('connection_id'),
    connection: text('connection').notNull(),
    action: text('action').notNull(),
    resource: text('resource').notNull(),
    outcome: text('outcome').notNull(),
    policyVersion: integer('policy_version').notNull(),
    masked: integer('masked').notNull(),
    body: text('body').notNull(),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.seq] }),
    uniqueIndex('entries_id').on(t.id),
    // What lists count and filter by stands in the index, so that they never read the entries themselves.
    index('entries_session').on(t.sessionId, t.at, t.kind, t.outcome, t.resource, t.policyVersion, t.masked),
    // A call has one answer: who comes second, be it the caller's own process or recovery, is told so.
    uniqueIndex('entries_reply').on(t.callId).where(sql`kind = 'reply'`),
    index('entries_at').on(t.at, t.kind, t.outcome, t.principalId),
  ],
)

export const instances = pgTable('instances', {
  id: uuid('id').primaryKey(),
  url: text('url').notNull(),
  startedAt: at('started_at').notNull().defaultNow(),
  /** Since when it says without a gap that it lives. */
  presentSince: at('present_since').notNull().defaultNow(),
  lastSeenAt: at('last_seen_at').notNull().defaultNow(),
})

/** Results of connection tests and of live calls, newest last, for the health dot and its history. */
export const connectionChecks = pgTable(
  'connection_checks',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    connectionId: uuid('connection_id').notNull(),
    at: at('at').notNull().defaultNow(),
    ok: boolean('ok').notNull(),
    latencyMs: integer('latency_ms'),
    message: text('message').notNull().default(''),
  },
  (t) => [index('connection_checks_at').on(t.connectionId, t.at)],
)

/** The tools of a connection: as accepted where they are pinned, else as last listed with the gateway's own credential. */
export const tools = pgTable(
  'tools',
  {
    connectionId: uuid('connection_id').notNull(),
    name: text('name').notNull(),
    definition: jsonb('definition').$type<Record<string, unknown>>().notNull(),
    /** SHA-256 (hex) over the RFC 8785 form of the definition. */
    hash: text('hash').notNull(),
    seenAt: at('seen_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.name] })],
)

/** Tools that a target describes otherwise than accepted, or that came later: of each the newest description. `returned`: rejected
 * before, and described anew since. */
export const quarantine = pgTable(
  'quarantine',
  {
    connectionId: uuid('connection_id').notNull(),
    name: text('name').notNull(),
    definition: jsonb('definition').$type<Record<string, unknown>>().notNull(),
    hash: text('hash').notNull(),
    state: text('state', { enum: ['waiting', 'rejected', 'returned'] })
      .notNull()
      .default('waiting'),
    /** Why nobody can accept it as it is; null when somebody can. */
    problem: text('problem'),
    /** In whose list it stood. */
    seenBy: text('seen_by').notNull(),
    seenAt: at('seen_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.connectionId, t.name] })],
)

/** Tasks that tools of targets began: for whom, and with which call, sealed. */
export const begunTasks = pgTable(
  'begun_tasks',
  {
    connectionId: uuid('connection_id').notNull(),
    principalId: text('principal_id').notNull(),
    /** The legacy session it began in; empty where there is none. */
    session: text('session').notNull(),
    taskId: text('task_id').notNull(),
    callSealed: bytea('call_sealed').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.connectionId, t.principalId, t.session, t.taskId] }),
    index('begun_tasks_age').on(t.createdAt),
  ],
)

/** What approved calls were answered when their caller had left, sealed, for its next identical call; no answer yet: it runs. */
export const unheardAnswers = pgTable(
  'unheard_answers',
  {
    /** The entry of the call. */
    callId: uuid('call_id').primaryKey(),
    principalId: text('principal_id').notNull(),
    digest: text('digest').notNull(),
    /** What kinds of answers its client takes. */
    form: text('form').notNull(),
    instanceId: uuid('instance_id').notNull(),
    answerSealed: bytea('answer_sealed'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (t) => [index('unheard_answers_call').on(t.principalId, t.digest), index('unheard_answers_age').on(t.createdAt)],
)
