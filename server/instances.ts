import { and, eq, gt, lt, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Database } from './context'
import { instances } from './db/schema'

const beatEveryMs = 5000
const aliveFor = sql`interval '20 seconds'`
/** Two beats that were missed. */
const gap = sql`interval '10 seconds'`
const keptFor = sql`interval '1 day'`

export type Instance = { id: string; url: string }

const presentSince = sql`case when ${instances.lastSeenAt} < now() - ${gap} then now() else ${instances.presentSince} end`

/** Announces this process to the others and keeps saying that it lives; `close` takes it back. */
export async function announceInstance(
  db: Database,
  { id, url }: Instance,
  log: Logger,
): Promise<{ close(): Promise<void> }> {
  const beat = () =>
    db
      .insert(instances)
      .values({ id, url })
      .onConflictDoUpdate({ target: instances.id, set: { lastSeenAt: sql`now()`, presentSince } })
  await db.delete(instances).where(lt(instances.lastSeenAt, sql`now() - ${keptFor}`))
  await beat()
  const timer = setInterval(() => {
    beat().catch((error) => log.warn({ err: error }, 'this instance could not say that it lives'))
  }, beatEveryMs)
  return {
    close: async () => {
      clearInterval(timer)
      await db.delete(instances).where(eq(instances.id, id))
    },
  }
}

/** Those that were heard of in the last 20 seconds, by the database's clock. */
export async function liveInstances(db: Database): Promise<Instance[]> {
  return db
    .select({ id: instances.id, url: instances.url })
    .from(instances)
    .where(gt(instances.lastSeenAt, sql`now() - ${aliveFor}`))
}

export const liveInstanceIds = async (db: Database): Promise<string[]> => (await liveInstances(db)).map(({ id }) => id)

/**
 * Those that may live, as far as `own` can tell; null while it cannot. Whoever was away from the database itself, or is new, may
 * have missed as much of the others as they missed of it: only after as long a presence without a gap is silence theirs.
 */
export async function mayLive(db: Database, own: string): Promise<string[] | null> {
  const present = and(eq(instances.id, own), lt(instances.presentSince, sql`now() - ${aliveFor}`))
  const live = await liveInstanceIds(db)
  if (!live.includes(own)) return null
  const [witness] = await db.select({ id: instances.id }).from(instances).where(present)
  return witness === undefined ? null : live
}
