import { randomUUID } from 'node:crypto'
import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Database } from '../context'
import { sessions } from '../db/schema'
import type { Keys } from '../keys'
import type { Client, JsonObject, Principal } from '../types'

/** Whose conversation it is. */
export type Owner = {
  principal: Principal
  client: Client
  connectionId: string
  connection: string
  protocolVersion: string
  capabilities?: JsonObject
}
export type LegacySession = {
  capabilities: JsonObject
  id: string
  clientName: string
  clientVersion: string
  protocolVersion: string
  upstreamSession: string | null
}

const silenceMs = 30 * 60_000
const idleMs = 24 * 3600_000
const touchMs = 10_000
const rememberedMax = 20_000

type Known = { id: string; lastAt: number; touchedAt: number }
// A cache only: the database is the truth, and another instance may hold the same session.
const silent = new Map<string, Known>()
const finding = new Map<string, Promise<string>>()
const legacy = new Map<string, LegacySession & { principalId: string; connectionId: string; touchedAt: number }>()

/**
 * The session of a client that keeps none: principal + client + connection with less than 30 minutes of silence. At once where it
 * is known, as nearly always.
 */
export function resolveSession(db: Database, owner: Owner & { era: 'legacy' | 'modern' }): string | Promise<string> {
  const key = JSON.stringify([
    owner.principal.id,
    owner.client.name,
    owner.client.version,
    owner.connectionId,
    owner.era,
  ])
  const now = Date.now()
  const known = silent.get(key)
  if (known !== undefined && now - known.lastAt < silenceMs) {
    known.lastAt = now
    if (now - known.touchedAt > touchMs) {
      known.touchedAt = now
      void touch(db, known.id)
    }
    return known.id
  }
  const running = finding.get(key)
  if (running !== undefined) return running
  const found = findOrOpen(db, owner).then((id) => {
    if (silent.size >= rememberedMax) silent.clear()
    silent.set(key, { id, lastAt: Date.now(), touchedAt: Date.now() })
    return id
  })
  finding.set(key, found)
  return found.finally(() => finding.delete(key))
}

async function findOrOpen(db: Database, owner: Owner & { era: 'legacy' | 'modern' }): Promise<string> {
  const [found] = await db
    .select({ id: sessions.id })
    .from(sessions)
    .where(
      and(
        eq(sessions.principalId, owner.principal.id),
        eq(sessions.connectionId, owner.connectionId),
        eq(sessions.clientName, owner.client.name),
        eq(sessions.clientVersion, owner.client.version),
        eq(sessions.era, owner.era),
        isNull(sessions.endedAt),
        isNull(sessions.upstreamSessionSealed),
        gt(sessions.lastAt, sql`now() - interval '30 minutes'`),
      ),
    )
    .orderBy(desc(sessions.lastAt))
    .limit(1)
  if (found !== undefined) {
    await touch(db, found.id)
    return found.id
  }
  return insert(db, owner, owner.era)
}

const plain = (text: string) => text.replace(/[\0\p{Cs}]/gu, '')

/** Of what a client declares only how it asks its person: the rest can be large, and is nothing to us. */
function heldCapabilities(declared: JsonObject | undefined): JsonObject {
  const elicitation = declared?.elicitation as JsonObject | undefined
  if (typeof elicitation !== 'object' || elicitation === null) return {}
  const has = (mode: string): JsonObject => (typeof elicitation[mode] === 'object' ? { [mode]: {} } : {})
  return { elicitation: { ...has('url'), ...has('form') } }
}

async function insert(db: Database, owner: Owner, era: 'legacy' | 'modern'): Promise<string> {
  const id = randomUUID()
  await db.insert(sessions).values({
    id,
    era,
    principalId: owner.principal.id,
    principal: plain(owner.principal.email ?? owner.principal.name),
    clientName: plain(owner.client.name),
    clientVersion: plain(owner.client.version),
    connectionId: owner.connectionId,
    connection: owner.connection,
    protocolVersion: plain(owner.protocolVersion).slice(0, 40),
    capabilities: heldCapabilities(owner.capabilities),
  })
  return id
}

// What a caller is told never waits for this.
const touch = async (db: Database, id: string): Promise<void> => {
  await db
    .update(sessions)
    .set({ lastAt: sql`now()` })
    .where(eq(sessions.id, id))
    .catch(() => {})
}

/** A legacy MCP session begins; its id (random, 122 bits) is what the client gets as `Mcp-Session-Id`. */
export const openLegacySession = (db: Database, owner: Owner): Promise<string> => insert(db, owner, 'legacy')

/** Remembers the target's own session id, sealed and bound to ours. */
export async function setUpstreamSession(db: Database, keys: Keys, id: string, upstream: string | null): Promise<void> {
  const sealed = upstream === null ? null : keys.seal(upstream, `session ${id}`)
  await db.update(sessions).set({ upstreamSessionSealed: sealed }).where(eq(sessions.id, id))
  legacy.delete(id)
}

type Claim = { id: string; principalId: string; connectionId: string }

/** null when there is no such session, it is over, or it belongs to somebody or something else: holding an id is no right. */
export async function findLegacySession(db: Database, keys: Keys, claim: Claim): Promise<LegacySession | null> {
  const kept = legacy.get(claim.id)
  // Asked anew now and then: it may be over, and another instance may have ended it.
  const isFresh = kept !== undefined && Date.now() - kept.touchedAt <= touchMs
  if (!isFresh) legacy.delete(claim.id)
  const known = isFresh ? kept : await load(db, keys, claim.id)
  if (known === null || known.principalId !== claim.principalId || known.connectionId !== claim.connectionId)
    return null
  if (!isFresh) void touch(db, claim.id)
  return known
}

async function load(db: Database, keys: Keys, id: string) {
  if (!/^[0-9a-f-]{36}$/.test(id)) return null
  const [row] = await db
    .select()
    .from(sessions)
    .where(
      and(
        eq(sessions.id, id),
        eq(sessions.era, 'legacy'),
        isNull(sessions.endedAt),
        gt(sessions.lastAt, new Date(Date.now() - idleMs)),
      ),
    )
  if (row === undefined) return null
  const found = {
    id,
    principalId: row.principalId,
    connectionId: row.connectionId,
    clientName: row.clientName,
    clientVersion: row.clientVersion,
    protocolVersion: row.protocolVersion,
    capabilities: row.capabilities as JsonObject,
    upstreamSession: row.upstreamSessionSealed === null ? null : keys.open(row.upstreamSessionSealed, `session ${id}`),
    touchedAt: Date.now(),
  }
  if (legacy.size >= rememberedMax) legacy.clear()
  legacy.set(id, found)
  return found
}

export async function endLegacySession(db: Database, id: string): Promise<void> {
  legacy.delete(id)
  await db.update(sessions).set({ endedAt: sql`now()` }).where(eq(sessions.id, id))
}
