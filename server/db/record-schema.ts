import { pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { at, seq } from './columns'

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
