import { getTableColumns, sql } from 'drizzle-orm'
import type { Context } from '../context'
import { reviews } from '../db/review-schema'
import { shownHttp } from '../policy/http-facts'
import type { JsonObject, Viewer } from '../types'
import { countsFor } from './eligible'
import type { EarlierReview, ReviewView, VoteView } from './schemas'
import { answerable, known, waiting } from './visible'
import type { VoteRow } from './voters'
import type { Whole } from './whole'

const { argumentsSealed, claimsSealed, offerSealed, ...shown } = getTableColumns(reviews)

const listedChars = 400

/** What a list reads: the beginning of the arguments only, which may be large. */
export const listedColumns = (viewer: Viewer) => ({
  ...columnsFor(viewer),
  argumentsMasked: sql<string>`left(${reviews.argumentsMasked}, ${sql.raw(String(listedChars))})`,
})

/** What one question reads: never the sealed arguments. */
export const columnsFor = (viewer: Viewer) => ({
  ...shown,
  waits: sql<boolean>`${waiting}`,
  answerable: answerable(viewer),
  known: known(viewer),
})

export type ReviewRow = Omit<typeof reviews.$inferSelect, 'argumentsSealed' | 'claimsSealed' | 'offerSealed'> & {
  waits: boolean
  answerable: boolean
  known: boolean
}
/** A review as one viewer may see it; `whole` is what the call holds in clear, where this viewer may see it. */
export function viewOf(row: ReviewRow, cast: VoteRow[], { viewer }: Context, whole: Whole | null): ReviewView {
  const mine = row.principalId === viewer.id
  const voted = cast.filter((vote) => vote.reviewId === row.id)
  const { id, client, connection, action, resource, asked, policyVersion, reason, note, kind, wanted, offerOf } = row
  const { metaMasked = null, ...facts } = row.facts
  // A link that leads to `not found` helps nobody.
  const sessionId = viewer.admin || viewer.auditor || mine ? row.sessionId : null
  return {
    ...{ id, client, connection, action, resource, asked, policyVersion, reason, note, sessionId },
    ...{ kind, wanted, offerOf },
    facts: whole === null ? facts : { ...facts, http: shownHttp(facts, JSON.parse(whole.args) as JsonObject) },
    state: row.state === 'pending' && !row.waits ? 'expired' : row.state,
    caller: row.principal,
    arguments: whole?.args ?? row.argumentsMasked,
    meta: whole === null ? metaMasked : whole.meta,
    whole: whole !== null,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    settledAt: row.settledAt?.toISOString() ?? null,
    votes: voted.map((vote) => viewOfVote(vote, row)),
    mine,
    mayVote: row.waits && row.answerable && !voted.some((vote) => vote.person === viewer.id),
  }
}

const viewOfVote = (vote: VoteRow, row: ReviewRow): VoteView => {
  const { name, verdict, note, give, at } = vote
  const counts = row.state !== 'pending' || verdict === 'deny' || countsFor(row, vote)
  return { name, verdict, note, give, counts, at: at.toISOString() }
}

export const earlierOf = (row: ReviewRow): EarlierReview => ({
  id: row.id,
  state: row.state === 'pending' && !row.waits ? 'expired' : row.state,
  wanted: row.wanted,
  caller: row.principal.name,
  connection: row.connection,
  resource: row.resource,
  arguments: row.argumentsMasked,
  createdAt: row.createdAt.toISOString(),
  settledAt: row.settledAt?.toISOString() ?? null,
})
