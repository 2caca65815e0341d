import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { at, bytea } from './columns'

/** What oidc-provider keeps (its adapter): sessions, codes, grants, refresh tokens, registered clients. */
export const oidcRecords = pgTable(
  'oidc_records',
  {
    model: text('model').notNull(),
    id: text('id').notNull(),
    payload: jsonb('payload').notNull(),
    grantId: text('grant_id'),
    uid: text('uid'),
    userCode: text('user_code'),
    consumedAt: at('consumed_at'),
    expiresAt: at('expires_at'),
  },
  (t) => [primaryKey({ columns: [t.model, t.id] }), index('oidc_grant').on(t.grantId), index('oidc_uid').on(t.uid)],
)

/** The last refresh token (sealed) and groups of people who sign in to the console, so that a vote can re-read groups. */
export const people = pgTable('people', {
  id: text('id').primaryKey(),
  email: text('email'),
  name: text('name').notNull(),
  groups: jsonb('groups').$type<string[]>().notNull().default([]),
  claims: jsonb('claims').$type<Record<string, unknown>>().notNull().default({}),
  groupsReadAt: at('groups_read_at').notNull().defaultNow(),
  accessSealed: bytea('access_sealed'),
  refreshSealed: bytea('refresh_sealed'),
  lastSeenAt: at('last_seen_at').notNull().defaultNow(),
})

/** One browser that is signed in to the console. Without its row a session cookie is worth nothing. */
export const signIns = pgTable(
  'sign_ins',
  {
    id: text('id').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    startedAt: at('started_at').notNull().defaultNow(),
    endsAt: at('ends_at').notNull(),
  },
  (t) => [index('sign_ins_person').on(t.personId)],
)

export const agents = pgTable('agents', {
  id: uuid('id').primaryKey().defaultRandom(),
  name: text('name').notNull().unique(),
  /** Ed25519, SPKI in base64; null until enrolled. */
  publicKey: text('public_key'),
  enrolTokenHash: text('enrol_token_hash'),
  enrolExpiresAt: at('enrol_expires_at'),
  version: text('version'),
  targets: jsonb('targets').$type<string[]>().notNull().default([]),
  lastSeenAt: at('last_seen_at'),
  revokedAt: at('revoked_at'),
  createdAt: at('created_at').notNull().defaultNow(),
})

/** Which agent is connected to which instance now. */
export const agentLinks = pgTable(
  'agent_links',
  {
    agentId: uuid('agent_id')
      .notNull()
      .references(() => agents.id),
    instanceId: uuid('instance_id').notNull(),
    connectedAt: at('connected_at').notNull().defaultNow(),
    seenAt: at('seen_at').notNull().defaultNow(),
    inFlight: integer('in_flight').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.agentId, t.instanceId] })],
)
