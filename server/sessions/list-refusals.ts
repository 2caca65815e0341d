import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Context } from '../context'
import { entries } from '../db/schema'
import { iso } from './list-sessions'
import type { RefusalRow } from './schemas'

const shownMax = 100

/**
 * Requests of the last `hours` that were refused before they belonged to a session, newest first, no more than a hundred.
 * Auditors and admins see all of them, everybody else their own.
 */
export async function listRefusals({ db, viewer }: Context, hours: number): Promise<RefusalRow[]> {
  const mine = viewer.admin || viewer.auditor ? undefined : eq(entries.principalId, viewer.id)
  const recent = gt(entries.at, sql`now() - make_interval(hours => ${hours})`)
  const rows = await db
    .select()
    .from(entries)
    .where(and(recent, eq(entries.kind, 'refusal'), eq(entries.outcome, 'refused'), isNull(entries.sessionId), mine))
    .orderBy(desc(entries.at))
    .limit(shownMax)
  return rows.map(({ id, at, principal, connection, action, body }) => ({
    ...{ id, principal, connection, action },
    at: iso(at),
    problem: problemOf(body),
  }))
}

function problemOf(body: string): string {
  try {
    return String((JSON.parse(body) as { problem?: unknown }).problem ?? '')
  } catch {
    return body
  }
}
