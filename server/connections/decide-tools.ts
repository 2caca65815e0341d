import { and, eq, inArray, sql } from 'drizzle-orm'
import { type Context, requireAdmin, transaction } from '../context'
import { quarantine, tools } from '../db/schema'
import { Refusal } from '../errors'
import type { JsonObject } from '../types'
import { announce, lockConnection } from './change'
import { ToolVerdict } from './schemas'

/**
 * Accepts tools as they are described now, or rejects that. Each is named with the hash of what the administrator saw: of a tool
 * that changed again meanwhile nothing is decided, nor of any other.
 */
export async function decideTools(ctx: Context, name: string, input: unknown): Promise<void> {
  requireAdmin(ctx)
  const { verdict, tools: decided } = ToolVerdict.parse(input)
  await transaction(ctx, async (tx) => {
    const row = await lockConnection(tx, name)
    const names = decided.map((tool) => tool.name)
    const mine = and(eq(quarantine.connectionId, row.id), inArray(quarantine.name, names))
    const before = and(eq(tools.connectionId, row.id), inArray(tools.name, names))
    const held = new Map((await tx.select().from(quarantine).where(mine)).map((tool) => [tool.name, tool]))
    const accepted = new Map((await tx.select().from(tools).where(before)).map((tool) => [tool.name, tool]))
    for (const { name: tool, hash, state } of decided) {
      const found = held.get(tool)
      if (found?.hash !== hash)
        throw new Refusal('conflict', `\`${tool}\` is not what you looked at any more; look again`, 'tools')
      if (state !== undefined && state !== found.state)
        throw new Refusal('conflict', `somebody rejected \`${tool}\` meanwhile; look again`, 'tools')
      if (verdict === 'accept' && found.problem !== null)
        throw new Refusal('invalid', `\`${tool}\` cannot be accepted: its definition ${found.problem}`, 'tools')
      if (verdict === 'accept') {
        const { connectionId, definition } = found
        const set = { definition, hash, seenAt: sql`now()` }
        await tx
          .insert(tools)
          .values({ connectionId, name: tool, definition, hash })
          .onConflictDoUpdate({ target: [tools.connectionId, tools.name], set })
      }
      const body = {
        hash,
        before: accepted.get(tool)?.definition ?? null,
        after: found.definition,
        seenBy: found.seenBy,
      }
      await announce(tx, ctx, `tool.${verdict}`, name, { tool, ...body } as JsonObject, tool)
    }
    if (verdict === 'accept') await tx.delete(quarantine).where(mine)
    else await tx.update(quarantine).set({ state: 'rejected' }).where(mine)
  })
}
