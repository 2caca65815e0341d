import type { LiveConnection } from '../connections/current'
import { definitionProblem } from '../connections/definitions'
import { noteTools } from '../connections/note-tools'
import { type Held, heldBack, isNews, mayShow } from '../connections/pins'
import type { Observed } from '../connections/quarantine-tools'
import { toolHash } from '../connections/save-tools'
import { withoutSecrets } from '../connections/without-secrets'
import { storable } from '../db/storable'
import { maskArguments } from '../masking/arguments'
import { printReply } from '../masking/fulfil'
import { runtime } from '../runtime'
import type { Call, JsonObject } from '../types'
import { type Denial, denial } from './denial'
import { maskersFor } from './maskers'
import type { Incoming } from './parse'
import { conversational } from './settle'

/** The tools of one list that pins let through. What is described otherwise than accepted is kept for administrators. */
export function pinned(items: JsonObject[], incoming: Pick<Incoming, 'connection' | 'call'>): JsonObject[] {
  const connection = current(incoming.connection)
  const { pinning, isPinned } = connection
  if (pinning === 'off' || (pinning === 'warn' && !isPinned)) return items
  const clean = withoutSecrets(connection.secrets)
  const listed = items.map((item) => ({ item, ...described(connection, clean(printReply(item)), item) }))
  const news = listed.filter(({ name, hash }) => isNews(connection, name, hash) && hasRoom(connection, name))
  // At once, so that no call comes between this list and what the database says of it.
  for (const { name, hash } of news) connection.quarantined.set(name, { hash, state: 'waiting' })
  if (news.length > 0) note(connection, incoming.call, news)
  return listed.filter(({ name, hash }) => mayShow(connection, name, hash)).map(({ item }) => item)
}

const rememberedMax = 1_000

/** A target that makes up tools fills no memory: those past this many are no news, and where it is strict they are refused all the same. */
const hasRoom = ({ accepted, quarantined }: LiveConnection, name: string): boolean =>
  accepted.has(name) || quarantined.has(name) || quarantined.size < rememberedMax

type Described = { name: string; hash: string; definition: JsonObject }

// A connection that changes is a new object. Each accepted tool stands in here once: 50 of them cost milliseconds in every list.
const asAccepted = new WeakMap<LiveConnection, Map<string, Described>>()

function described(connection: LiveConnection, text: string, item: JsonObject): Described {
  const known = asAccepted.get(connection) ?? new Map<string, Described>()
  const found = known.get(text)
  if (found !== undefined) return found
  const definition = plain(text) ?? { name: String(item.name) }
  const made = { name: String(definition.name), hash: toolHash(definition), definition }
  const isAccepted = connection.accepted.get(made.name) === made.hash
  if (isAccepted && known.size < connection.accepted.size) asAccepted.set(connection, known.set(text, made))
  return made
}

/** As it is compared when the gateway lists by itself. Null: a credential stood where it can only stand by chance. */
function plain(text: string): JsonObject | null {
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    return null
  }
}

/** A call may have waited for a person; what was accepted meanwhile goes. */
function current(connection: LiveConnection): LiveConnection {
  const now = runtime().connections.get(connection.name)
  return now?.id === connection.id ? now : connection
}

function note(connection: LiveConnection, { principal }: Call, news: Described[]): void {
  const { db, log } = runtime()
  const masker = maskersFor(connection, conversational(connection.name)).record
  const observed = news.map(({ name, hash, definition }): Observed => {
    const problem = definitionProblem(definition)
    const kept = problem === null ? maskArguments(definition, masker) : { name: storable(name) }
    return { name: storable(name), hash, definition: kept, problem }
  })
  noteTools(db, connection.id, observed, principal.email ?? principal.name).catch((error) => {
    for (const { name } of news) connection.quarantined.delete(name)
    log.error({ err: error, connection: connection.name }, 'tools that changed could not be kept for administrators')
  })
}

const why = {
  'not-pinned': 'the tools of this connection were not listed yet',
  new: 'it was not there when an administrator accepted the tools of this connection',
  changed: 'its description, schema or annotations are not those that an administrator accepted',
  rejected: 'an administrator rejected what its target says of it now',
} satisfies Record<Held, string>

/** Why a call of a tool may not run although a rule allows it; null when pins do not stand against it. */
export function quarantineDenial(
  { call, connection }: Pick<Incoming, 'call' | 'connection'>,
  decision: Denial['decision'],
): Denial | null {
  if (call.resource.type !== 'tool') return null
  const held = heldBack(current(connection), call.resource.id)
  if (held === null) return null
  const { publicUrl } = runtime().env
  const where = `${publicUrl}/connections/${encodeURIComponent(connection.name)}`
  const then = held === 'not-pinned' ? 'must test the connection' : 'can accept it'
  return denial(
    'tool-quarantined',
    decision,
    `${why[held]}; do without it, or tell an administrator, who ${then}: ${where}`,
  )
}
