import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Context, Database, Transaction } from '../context'
import { people } from '../db/identity-schema'
import { glassVotes, reviews, votes } from '../db/review-schema'
import { isReviewId } from './schemas'
import { known, waiting } from './visible'

export type VoteRow = typeof votes.$inferSelect

// A vote counts with what the issuer said of its person last: at the vote, or since.
export const readSince = sql.raw('p.id = v.person and p.groups_read_at > v.at')
export const standing = (column: 'groups' | 'claims') => sql.raw(`coalesce(p.${column}, v.${column})`)

/** The votes on these questions, in order, with the groups and claims that each person has by now. */
export async function votesOn(db: Database, ids: string[]): Promise<VoteRow[]> {
  if (ids.length === 0) return []
  const since = and(eq(people.id, votes.person), sql`${people.groupsReadAt} > ${votes.at}`)
  const rows = await db
    .select({ vote: votes, groups: people.groups, claims: people.claims })
    .from(votes)
    .leftJoin(people, since)
    .where(inArray(votes.reviewId, ids))
    .orderBy(votes.at)
  return rows.map(({ vote, groups, claims }) => ({
    ...vote,
    groups: groups ?? vote.groups,
    claims: claims ?? vote.claims,
  }))
}

export type Half = typeof glassVotes.$inferSelect & { counts: boolean }
/** Whether these groups make an administrator. */
export type IsAdmin = (groups: string[]) => boolean

/** What administrators did to break the glass, in order; that of somebody who is none any more does not count. */
export async function halvesOn(db: Database | Transaction, reviewId: string, isAdmin: IsAdmin): Promise<Half[]> {
  const since = and(eq(people.id, glassVotes.person), sql`${people.groupsReadAt} > ${glassVotes.at}`)
  const rows = await db
    .select({ half: glassVotes, groups: people.groups })
    .from(glassVotes)
    .leftJoin(people, since)
    .where(eq(glassVotes.reviewId, reviewId))
    .orderBy(glassVotes.at)
  return rows.map(({ half, groups }) => ({ ...half, counts: groups === null || isAdmin(groups) }))
}

/**
 * Who has approved a question that waits, or wants to break its glass: their groups are read again before another may settle it. Nobody for
 * whoever may not know of it: they could have others' groups read as often as they like.
 */
export async function approversOf({ db, viewer }: Context, reviewId: string): Promise<string[]> {
  if (!isReviewId(reviewId)) return []
  const [review] = await db
    .select({ id: reviews.id })
    .from(reviews)
    .where(and(eq(reviews.id, reviewId), waiting, known(viewer)))
  if (review === undefined) return []
  const approving = and(eq(votes.reviewId, reviewId), eq(votes.verdict, 'approve'))
  const approvers = db.select({ person: votes.person }).from(votes).where(approving)
  const breakers = db.select({ person: glassVotes.person }).from(glassVotes).where(eq(glassVotes.reviewId, reviewId))
  return (await approvers.union(breakers)).map(({ person }) => person)
}
