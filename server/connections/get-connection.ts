import { eq } from 'drizzle-orm'
import type { Context } from '../context'
import { connections } from '../db/schema'
import { Refusal } from '../errors'
import type { ConnectionView } from './schemas'
import { viewOf } from './view'

export async function getConnection(ctx: Context, name: string): Promise<ConnectionView> {
  const [row] = await ctx.db.select().from(connections).where(eq(connections.name, name))
  if (row === undefined) throw new Refusal('not-found', `there is no connection \`${name}\``)
  return viewOf(ctx, row)
}
