import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { type Context, requireAdmin } from '../context'
import { noticeChannels, notices } from '../db/review-schema'
import { Refusal } from '../errors'
import { testMessage } from './message'
import { bodyFor, deliver, type Telling } from './outbox'
import type { Delivered } from './send'

/** Sends something harmless now, once, and says what came of it. It stands in the log like any other. */
export async function testChannel(ctx: Context, telling: Omit<Telling, 'db'>, id: string): Promise<Delivered> {
  requireAdmin(ctx)
  const { db } = ctx
  const known = z.uuid().safeParse(id).success
  const [channel] = known ? await db.select().from(noticeChannels).where(eq(noticeChannels.id, id)) : []
  if (channel === undefined) throw new Refusal('not-found', 'there is no such channel')
  const body = bodyFor(channel.kind, testMessage(telling.publicUrl, new Date()), 'test')
  const row = { id: crypto.randomUUID(), channelId: id, event: 'test', body, attempts: 1 }
  const [notice] = await db.insert(notices).values(row).returning()
  if (notice === undefined) throw new Error('a notice was not stored')
  return deliver({ ...telling, db }, notice)
}
