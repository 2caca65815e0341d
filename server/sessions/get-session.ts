import { eq, sql } from 'drizzle-orm'
import type { Context } from '../context'
import { sessions } from '../db/schema'
import { Refusal } from '../errors'
import { answered } from './list-sessions'
import type { OutcomeCounts, SessionDetail } from './schemas'

/** One conversation, without its steps. Somebody else's is not there for whoever may not audit. */
export async function getSession(ctx: Context, id: string): Promise<SessionDetail> {
  const session = await visibleSession(ctx, id)
  const { rows } = await ctx.db.execute(sql`
    select e.outcome, count(*)::int as n from entries e
    where e.session_id = ${id} and ${answered} and e.outcome <> '' group by e.outcome`)
  const counted = rows as unknown as { outcome: string; n: number }[]
  return {
    id,
    era: session.era,
    principal: session.principal,
    client: `${session.clientName} ${session.clientVersion}`.trim(),
    connection: session.connection,
    protocolVersion: session.protocolVersion,
    startedAt: session.startedAt.toISOString(),
    lastAt: session.lastAt.toISOString(),
    endedAt: session.endedAt?.toISOString() ?? null,
    outcomes: Object.fromEntries(counted.map(({ outcome, n }) => [outcome, n])) as OutcomeCounts,
  }
}

/** The session, if this viewer may see it. */
export async function visibleSession({ db, viewer }: Context, id: string): Promise<typeof sessions.$inferSelect> {
  const [session] = isId(id) ? await db.select().from(sessions).where(eq(sessions.id, id)) : []
  if (session === undefined || (!viewer.admin && !viewer.auditor && session.principalId !== viewer.id))
    throw new Refusal('not-found', 'there is no such session')
  return session
}

export const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
