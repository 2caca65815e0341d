import { type SQL, sql } from 'drizzle-orm'
import { glassBreaks, noticeChannels, reviews } from '../db/review-schema'

/** What people are told of, in SQL over a question, the break of its glass where there is one, and a channel. */
export type Occasion = {
  event: string
  /** When it is to be said. */
  arises: SQL
  /** Which channels hear of it. */
  heardBy: SQL
  /** Whether it is worth saying still, once a notice of it waits; without the channel. */
  stands: SQL
}

const everybody = sql`true`

/** Channels without groups hear of every question, the others of what one of their groups may answer. */
const whoMayAnswer = sql`(${noticeChannels.groups} = '[]'::jsonb or exists (
  select from jsonb_array_elements(${reviews.asked}) rule, jsonb_array_elements(rule -> 'review' -> 'approvers') member
  where member ->> 'claim' = 'groups' and ${noticeChannels.groups} ? (member ->> 'value')))`

const begun = sql`exists (select from glass_votes v where v.review_id = ${reviews.id})`
const pending = sql`(${reviews.state} = 'pending' and ${reviews.expiresAt} > now())`

export const occasions: Occasion[] = [
  { event: 'review.opened', arises: pending, heardBy: whoMayAnswer, stands: sql`${reviews.state} = 'pending'` },
  // Of a glass everybody hears, at once, whatever their groups.
  {
    event: 'glass.begun',
    arises: sql`${pending} and ${begun}`,
    heardBy: everybody,
    stands: sql`${reviews.state} = 'pending'`,
  },
  {
    event: 'glass.broken',
    arises: sql`${glassBreaks.brokenAt} > now() - interval '1 day'`,
    heardBy: everybody,
    stands: sql`true`,
  },
  {
    event: 'glass.overdue',
    arises: sql`${glassBreaks.foundAt} is null and ${glassBreaks.dueAt} <= now()`,
    heardBy: everybody,
    stands: sql`${glassBreaks.foundAt} is null`,
  },
]
