import { eq, sql } from 'drizzle-orm'
import { type Context, type Database, requireAdmin } from '../context'
import { connections, tools } from '../db/schema'
import { Refusal } from '../errors'
import type { Json, JsonObject } from '../types'
import type { SeenField } from './schemas'

const repliesMax = 500
const fieldsMax = 500
const depthMax = 12

/** Names of fields in replies of a connection, newest replies first, and in what its tools declare; never a value. */
export async function seenFields(ctx: Context, connection: string): Promise<SeenField[]> {
  requireAdmin(ctx)
  const [known] = await ctx.db.select({ id: connections.id }).from(connections).where(eq(connections.name, connection))
  if (known === undefined) throw new Refusal('not-found', `there is no connection \`${connection}\``)
  const [replies, declared] = await Promise.all([
    newestReplies(ctx.db, connection),
    ctx.db.select().from(tools).where(eq(tools.connectionId, known.id)),
  ])
  const found = new Map<string, { tools: Set<string>; replies: number }>()
  const note = (field: string, tool: string, count: number) => {
    const seen = found.get(field) ?? { tools: new Set<string>(), replies: 0 }
    seen.tools.add(tool)
    seen.replies += count
    found.set(field, seen)
  }
  for (const { name, definition } of declared)
    for (const field of declaredFields((definition as JsonObject).outputSchema ?? null, 0)) note(field, name, 0)
  for (const { resource, body } of replies) for (const field of fieldsOf(body)) note(field, resource, 1)
  return [...found]
    .map(([field, seen]) => ({ field, tools: [...seen.tools].sort(), replies: seen.replies }))
    .sort((a, b) => b.replies - a.replies || a.field.localeCompare(b.field))
    .slice(0, fieldsMax)
}

type Reply = { resource: string; body: string }

/** By way of the sessions: nothing finds the entries of one connection but reading all of them. */
async function newestReplies(db: Database, connection: string): Promise<Reply[]> {
  const { rows } = await db.execute(sql`
    select e.resource, e.body
    from (
      select id from sessions where connection = ${connection} and last_at > now() - interval '30 days'
      order by last_at desc limit ${repliesMax}) s
    cross join lateral (
      select resource, body from entries
      where session_id = s.id and kind = 'reply' and at > now() - interval '30 days'
      order by at desc limit ${repliesMax}) e
    limit ${repliesMax}`)
  return rows as unknown as Reply[]
}

// A key that is data (an address, a number, a whole sentence) is a value, and not shown.
const isName = (key: string): boolean => /^[A-Za-z_][A-Za-z_ -]*\d{0,2}$/.test(key) && key.length <= 40

function fieldsOf(body: string): Set<string> {
  const names = new Set<string>()
  const answer = parsed(body)?.answer as JsonObject | undefined
  const result = answer?.result as JsonObject | undefined
  if (result === undefined || result === null) return names
  collect(result.structuredContent ?? null, names, 0)
  for (const list of [result.content, result.contents, result.messages])
    for (const item of Array.isArray(list) ? list : [])
      for (const text of textsOf(item)) collect(parsed(text), names, 0)
  return names
}

/** Texts of content blocks and embedded resources. */
function textsOf(item: Json): string[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return []
  const { text, resource, content } = item as { text?: Json; resource?: Json; content?: Json }
  return [
    ...(typeof text === 'string' ? [text] : []),
    ...(resource === undefined ? [] : textsOf(resource)),
    ...(content === undefined ? [] : textsOf(content)),
  ]
}

function collect(value: Json | null, names: Set<string>, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > depthMax) return
  const isList = Array.isArray(value)
  for (const [key, inner] of Object.entries(value)) {
    if (!isList && isName(key)) names.add(key)
    collect(inner, names, depth + 1)
  }
}

function declaredFields(schema: Json, depth: number): string[] {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema) || depth > depthMax) return []
  const { properties, items } = schema
  const own = typeof properties === 'object' && properties !== null && !Array.isArray(properties) ? properties : {}
  return [
    ...Object.entries(own).flatMap(([name, inner]) => [name, ...declaredFields(inner, depth + 1)]),
    ...declaredFields(items ?? null, depth + 1),
  ]
}

function parsed(text: string): JsonObject | null {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    return null
  }
}
