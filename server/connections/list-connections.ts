import { asc } from 'drizzle-orm'
import type { Context } from '../context'
import { connections } from '../db/schema'
import type { ConnectionView } from './schemas'
import { viewOf } from './view'

/** All connections, by name. */
export async function listConnections(ctx: Context): Promise<ConnectionView[]> {
  const rows = await ctx.db.select().from(connections).orderBy(asc(connections.name))
  return Promise.all(rows.map((row) => viewOf(ctx, row)))
}
