import { asc, desc, eq } from 'drizzle-orm'
import { type Context, requireAdmin } from '../context'
import { noticeChannels, notices } from '../db/review-schema'
import type { Notices, NoticeView } from './schemas'

const logMax = 100

/** The channels, and what became of the last notices. Addresses are not read back. */
export async function listNotices(ctx: Context): Promise<Notices> {
  requireAdmin(ctx)
  const channels = await ctx.db.select().from(noticeChannels).orderBy(asc(noticeChannels.createdAt))
  const log = await ctx.db
    .select({ notice: notices, channel: noticeChannels.name })
    .from(notices)
    .innerJoin(noticeChannels, eq(noticeChannels.id, notices.channelId))
    .orderBy(desc(notices.createdAt))
    .limit(logMax)
  return {
    channels: channels.map(({ id, name, kind, hint, groups, afterMinutes }) => ({
      ...{ id, name, kind, hint, groups, afterMinutes },
    })),
    log: log.map(({ notice, channel }) => ({
      ...{ id: notice.id, channel, reviewId: notice.reviewId, event: notice.event },
      ...{ attempts: notice.attempts, status: notice.status, problem: notice.problem },
      state: stateOf(notice),
      createdAt: notice.createdAt.toISOString(),
      nextAt: notice.dueAt?.toISOString() ?? null,
    })),
  }
}

function stateOf({ deliveredAt, dueAt, attempts, status }: typeof notices.$inferSelect): NoticeView['state'] {
  if (deliveredAt !== null) return 'delivered'
  if (dueAt !== null) return 'waits'
  return attempts > 0 && (status !== null || attempts > 1) ? 'failed' : 'dropped'
}
