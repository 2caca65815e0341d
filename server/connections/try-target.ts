import { eq } from 'drizzle-orm'
import { emit } from '../audit/emit'
import { type Context, requireAdmin, transaction } from '../context'
import { connections } from '../db/schema'
import { columnsOf, type Tools } from './change'
import { openCredential } from './credential'
import { type LiveConnection, secretsOf } from './current'
import { type CheckResult, ConnectionTarget, Credential, TriedConnection } from './schemas'
import { shownDefinition } from './shown-definition'
import { originOf, targetHash } from './target-hash'
import { type Reach, tryConnection } from './try-connection'
import { toolView } from './view'

type Columns = Awaited<ReturnType<typeof columnsOf>>

/**
 * Tries a target that is not saved yet, over HTTP or an agent, with the credential that was typed, or with the stored one of the connection that is
 * being changed where that may go. Nothing is kept but the fact that somebody tried.
 */
export async function tryTarget(
  ctx: Context,
  { keys, rules }: Tools,
  reachOf: (connection: LiveConnection) => Reach,
  input: unknown,
): Promise<CheckResult> {
  requireAdmin(ctx)
  const tried = TriedConnection.parse(input)
  const target = ConnectionTarget.parse(tried.target)
  const typed = tried.credential == null ? tried.credential : Credential.parse(tried.credential)
  const { viewer } = ctx
  const connection = await transaction(ctx, async (tx) => {
    const columns = await columnsOf(tx, target, rules)
    const [saved] =
      tried.name === undefined ? [] : await tx.select().from(connections).where(eq(connections.name, tried.name))
    const { url, agentId, target: agentTarget } = columns
    const body = {
      ...(url === null ? { agent: agentId, target: agentTarget } : { url }),
      credential: typed == null ? 'none' : 'typed',
    }
    const actor = { id: viewer.id, name: viewer.email ?? viewer.name }
    await emit(tx, actor, { action: 'connection.try', connection: tried.name ?? '', body })
    const stored = typed === undefined && saved !== undefined && originOf(saved) === originOf(columns) ? saved : null
    return liveOf(columns, typed ?? null, stored === null ? null : openCredential(stored, keys))
  })
  const { definitions, ...result } = await tryConnection(connection, reachOf(connection))
  if (!result.ok) return result
  const shown = shownDefinition(tried.name ?? '')
  return { ...result, tools: definitions.map((definition) => toolView(shown(definition))) }
}

function liveOf(
  columns: Columns,
  typed: Credential | null,
  stored: ReturnType<typeof openCredential> | null,
): LiveConnection {
  const headers = typed?.headers ?? (stored !== null && 'headers' in stored ? stored.headers : {})
  return {
    ...columns,
    ...{ id: 'try', name: 'try', targetHash: targetHash(columns), tools: new Map(), trial: true },
    ...{ isPinned: false, accepted: new Map(), quarantined: new Map() },
    credentialKind: Object.keys(headers).length === 0 ? 'none' : 'headers',
    credentialHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    secrets: secretsOf(headers),
    broken: stored !== null && 'problem' in stored ? stored.problem : null,
  }
}
