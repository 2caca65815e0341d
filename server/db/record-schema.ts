import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { at, seq, tsvector } from './columns'

/** The head of each chain. `shared` is the one chain of admin actions and reviews; the others belong to one process each. */
export const chains = pgTable('chains', {
  id: uuid('id').primaryKey(),
  kind: text('kind', { enum: ['calls', 'shared'] }).notNull(),
  instanceId: uuid('instance_id'),
  seq: seq('seq').notNull(),
  hash: text('hash').notNull(),
  closedAt: at('closed_at'),
  /** How far a closed chain is named by signed heads, so that they need not name it again. */
  signedSeq: seq('signed_seq').notNull().default(0),
})

/** The open heads and what changed at one moment, signed together (Ed25519), each set over the one before it; oldest first. */
export const signedHeads = pgTable('signed_heads', {
  number: seq('number').primaryKey().generatedAlwaysAsIdentity(),
  at: at('at').notNull(),
  heads: text('heads').notNull(),
  publicKey: text('public_key').notNull(),
  signature: text('signature').notNull(),
})

/** Words in the entries of one session, for search; derived, made after the fact, never evidence. */
export const sessionWords = pgTable(
  'session_words',
  {
    chain: uuid('chain').notNull(),
    /** The last entry of the batch. */
    seq: seq('seq').notNull(),
    sessionId: uuid('session_id').notNull(),
    words: tsvector('words').notNull(),
  },
  (t) => [primaryKey({ columns: [t.chain, t.seq, t.sessionId] }), index('session_words_words').using('gin', t.words)],
)

/** How far the words of each chain are indexed. */
export const searchMarks = pgTable('search_marks', { chain: uuid('chain').primaryKey(), seq: seq('seq').notNull() })
