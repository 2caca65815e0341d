import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { AskedRule, Call, Resource } from '../types'
import { at, bytea } from './columns'

/** What an approver gives, narrower than or as wide as the rules allow. Left out: no limit of its own. */
export type Give = { scope: 'call' | 'tool'; minutes?: number; times?: number; when?: string }
/** Access asked for ahead; `hashes`: how each of the tools was described then. */
export type Wanted = { tools: string[]; minutes: number; hashes?: string[] }
/** What a call would touch, as far as that is known. */
/** `metaMasked`: JSON text of what `_meta` held for the target beside the protocol's own, masked; cut where it is long. */
export type CallFacts = Pick<Call, 'sql' | 'http' | 'httpTemplate' | 'tool' | 'toolHash'> & { metaMasked?: string }

const ofReview = () =>
  uuid('review_id')
    .notNull()
    .references(() => reviews.id)

export const reviews = pgTable(
  'reviews',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    state: text('state', { enum: ['pending', 'approved', 'denied', 'expired', 'cancelled'] })
      .notNull()
      .default('pending'),
    /** A call that waits, or access that is asked for ahead. */
    kind: text('kind', { enum: ['call', 'access'] })
      .notNull()
      .default('call'),
    digest: text('digest').notNull(),
    principalId: text('principal_id').notNull(),
    principal: jsonb('principal')
      .$type<{ name: string; email: string | null; groups: string[]; owners?: string[] }>()
      .notNull(),
    client: jsonb('client').$type<{ name: string; version: string }>().notNull(),
    sessionId: uuid('session_id'),
    connectionId: uuid('connection_id').notNull(),
    connection: text('connection').notNull(),
    /** Where the connection led when it was asked: a re-pointed one inherits nothing. */
    targetHash: text('target_hash').notNull().default(''),
    action: text('action').notNull(),
    resource: jsonb('resource').$type<Resource>().notNull(),
    /** What the call would touch, as far as that is known. */
    facts: jsonb('facts').$type<CallFacts>().notNull().default({ sql: null, http: null, tool: null }),
    /** With `access`: which tools, for how long. */
    wanted: jsonb('wanted').$type<Wanted>(),
    /** The caller's claims, for a decision on changed arguments; removed when settled. */
    claimsSealed: bytea('claims_sealed'),
    /** Of a denied one: the arguments that would be approved instead, for the caller to read. */
    offerSealed: bytea('offer_sealed'),
    /** The question that this one is the counter-offer to. */
    offerOf: uuid('offer_of'),
    /** Whole, for eligible approvers while pending; removed when settled. JSON text; on a second line `meta`, where there is any. */
    argumentsSealed: bytea('arguments_sealed'),
    /** Masked, for everyone else and for later. JSON text. */
    argumentsMasked: text('arguments_masked').notNull(),
    asked: jsonb('asked').$type<AskedRule[]>().notNull(),
    policyVersion: integer('policy_version').notNull(),
    /** The caller's own words. */
    reason: text('reason'),
    /** What the people who denied it wrote. */
    note: text('note'),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
    settledAt: at('settled_at'),
  },
  (t) => [
    uniqueIndex('reviews_pending').on(t.principalId, t.digest).where(sql`state = 'pending'`),
    index('reviews_state').on(t.state, t.createdAt),
    index('reviews_settled').on(t.settledAt).where(sql`state <> 'pending'`),
    index('reviews_offered').on(t.settledAt).where(sql`offer_sealed is not null`),
    index('reviews_principal').on(t.principalId, t.createdAt),
    index('reviews_connection').on(t.connectionId, t.settledAt),
  ],
)

/** Who saw the whole arguments of a pending review: each person once, with an event in the record. */
export const reviewLooks = pgTable(
  'review_looks',
  { reviewId: ofReview(), person: text('person').notNull(), at: at('at').notNull().defaultNow() },
  (t) => [primaryKey({ columns: [t.reviewId, t.person] })],
)

export const votes = pgTable(
  'votes',
  {
    reviewId: ofReview(),
    person: text('person').notNull(),
    name: text('name').notNull(),
    groups: jsonb('groups').$type<string[]>().notNull(),
    claims: jsonb('claims').$type<Record<string, unknown>>().notNull(),
    verdict: text('verdict', { enum: ['approve', 'deny'] }).notNull(),
    /** With `approve`: what this person gives; null is what was asked for, once. */
    give: jsonb('give').$type<Give>(),
    note: text('note'),
    at: at('at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.reviewId, t.person] })],
)

/** Administrators who want to break the glass for a question, each with their reason; two do. */
export const glassVotes = pgTable(
  'glass_votes',
  {
    reviewId: ofReview(),
    person: text('person').notNull(),
    name: text('name').notNull(),
    why: text('why').notNull(),
    minutes: integer('minutes'),
    at: at('at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.reviewId, t.person] })],
)

/** Questions that two administrators let through, and what somebody else found when they looked at it afterwards. */
export const glassBreaks = pgTable(
  'glass_breaks',
  {
    reviewId: ofReview().primaryKey(),
    brokenAt: at('broken_at').notNull().defaultNow(),
    /** When somebody must have looked. */
    dueAt: at('due_at').notNull(),
    finding: text('finding'),
    finder: text('finder'),
    finderName: text('finder_name'),
    foundAt: at('found_at'),
  },
  (t) => [index('glass_breaks_open').on(t.dueAt).where(sql`found_at is null`)],
)

export const grants = pgTable(
  'grants',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    reviewId: ofReview(),
    principalId: text('principal_id').notNull(),
    principal: text('principal').notNull(),
    connectionId: uuid('connection_id').notNull(),
    connection: text('connection').notNull(),
    targetHash: text('target_hash').notNull().default(''),
    digest: text('digest'),
    action: text('action').notNull(),
    resource: jsonb('resource').$type<Resource>().notNull(),
    /** How the tool was described when it was asked for; with a digest that says it. */
    toolHash: text('tool_hash'),
    condition: text('condition'),
    rules: jsonb('rules').$type<string[]>().notNull(),
    maxUses: integer('max_uses'),
    used: integer('used').notNull().default(0),
    createdAt: at('created_at').notNull().defaultNow(),
    endsAt: at('ends_at').notNull(),
    revokedAt: at('revoked_at'),
    revokedBy: text('revoked_by'),
  },
  (t) => [index('grants_principal').on(t.principalId, t.endsAt)],
)

/** Calls that wait as MCP tasks: what was asked, and once it ran its masked answer, both sealed. */
export const heldTasks = pgTable('held_tasks', {
  id: uuid('id').primaryKey(),
  reviewId: ofReview(),
  principalId: text('principal_id').notNull(),
  connectionId: uuid('connection_id').notNull(),
  state: text('state', { enum: ['working', 'running', 'completed', 'failed', 'cancelled'] })
    .notNull()
    .default('working'),
  /** Who runs it. */
  instanceId: uuid('instance_id'),
  requestSealed: bytea('request_sealed').notNull(),
  answerSealed: bytea('answer_sealed'),
  createdAt: at('created_at').notNull().defaultNow(),
  updatedAt: at('updated_at').notNull().defaultNow(),
})

/** Callers whose new questions are refused for a while: an AI in a loop. */
export const mutes = pgTable('mutes', {
  principalId: text('principal_id').primaryKey(),
  principal: text('principal').notNull(),
  by: text('by').notNull(),
  until: at('until').notNull(),
})

/** Where people are told. Addresses can hold secrets, so they are sealed; `hint` is what the console shows of one. */
export const noticeChannels = pgTable('notice_channels', {
  id: uuid('id').primaryKey().defaultRandom(),
  name: text('name').notNull().unique(),
  kind: text('kind', { enum: ['webhook', 'slack', 'email'] }).notNull(),
  addressSealed: bytea('address_sealed').notNull(),
  hint: text('hint').notNull(),
  /** What a webhook is signed with. */
  secretSealed: bytea('secret_sealed'),
  /** Told of questions that one of these groups may answer; of all of them when empty. */
  groups: jsonb('groups').$type<string[]>().notNull().default([]),
  /** Told only when nobody has answered for so long. */
  afterMinutes: integer('after_minutes').notNull().default(0),
  createdAt: at('created_at').notNull().defaultNow(),
})

/** What is to be said, and what became of it: written with what it speaks of, delivered afterwards, at least once. */
export const notices = pgTable(
  'notices',
  {
    id: uuid('id').primaryKey(),
    channelId: uuid('channel_id')
      .notNull()
      .references(() => noticeChannels.id, { onDelete: 'cascade' }),
    reviewId: uuid('review_id'),
    event: text('event').notNull(),
    body: text('body').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    /** When to try next; null when there is nothing left to do. */
    dueAt: at('due_at'),
    attempts: integer('attempts').notNull().default(0),
    deliveredAt: at('delivered_at'),
    status: integer('status'),
    problem: text('problem'),
  },
  (t) => [
    index('notices_due').on(t.dueAt).where(sql`due_at is not null`),
    index('notices_channel').on(t.channelId, t.createdAt),
    uniqueIndex('notices_once').on(t.channelId, t.reviewId, t.event).where(sql`review_id is not null`),
  ],
)
