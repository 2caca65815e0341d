import type { LiveConnection } from '../connections/current'
import { definitionProblem, isKeepable, shapeProblem } from '../connections/definitions'
import { type Held, heldBack, hold, isKnown, isNews, mayShow, roomLeft } from '../connections/pins'
import type { Observed } from '../connections/quarantine-tools'
import { keptDefinition, sha256, toolHash } from '../connections/tool-hash'
import { withoutSecrets } from '../connections/without-secrets'
import { storable } from '../db/storable'
import { maskArguments } from '../masking/arguments'
import { parseReply, printReply } from '../masking/fulfil'
import { runtime } from '../runtime'
import type { Call, JsonObject } from '../types'
import { type Denial, denial } from './denial'
import { maskersFor } from './maskers'
import type { Incoming } from './parse'
import { conversational } from './settle'
import { tellNews } from './tool-news'

/** The tools of one list that pins let through. What is described otherwise than accepted is kept for administrators. */
export function pinned(items: JsonObject[], incoming: Pick<Incoming, 'connection' | 'call'>): JsonObject[] {
  const connection = current(incoming.connection)
  const { pinning, isPinned } = connection
  if (pinning === 'off' || (pinning === 'warn' && !isPinned)) return items
  const clean = withoutSecrets(connection.secrets)
  let hashed = 0
  const listed = items.map((item) => {
    const one = hashed > hashedMax ? unkept(String(item.name), '', tooMuch) : described(connection, item, clean)
    hashed += one.size + eachSize
    return { item, ...one }
  })
  let room = roomLeft(connection)
  const hasPlace = (name: string) => isKnown(connection, name) || room-- > 0
  const news = listed.filter(({ name, hash }) => isNews(connection, name, hash) && hasPlace(name))
  hold(connection, news)
  if (news.length > 0) tellNews(connection, observed(connection, incoming.call, news))
  return listed.filter(({ name, hash }) => mayShow(connection, name, hash)).map(({ item }) => item)
}

/** Characters of one list that are looked at: to hash 16 MB would hold up everybody. */
const hashedMax = 2 * 1024 * 1024
/** What a tool costs, however small. */
const eachSize = 200
const tooMuch = 'stands behind two million characters of others'

/** A tool of a list; `problem` is why nobody can accept it so. */
type Described = { name: string; hash: string; definition: JsonObject; problem: string | null; size: number }

// A connection that changes is a new object. Each accepted tool stands in here once: 50 of them cost milliseconds in every list.
const asAccepted = new WeakMap<LiveConnection, Map<string, Described>>()

function described(connection: LiveConnection, item: JsonObject, clean: (text: string) => string): Described {
  const itself = String(item.name)
  const shape = shapeProblem(item)
  if (shape !== null) return unkept(itself, '', shape)
  const text = clean(printReply(item))
  const known = asAccepted.get(connection) ?? new Map<string, Described>()
  const found = known.get(text)
  if (found !== undefined) return found
  const whole = plain(text)
  // What hides behind a credential must not be taken for something else that hides there.
  if (whole === null) return unkept(itself, text, 'repeats the credential where it cannot be taken out')
  const problem = definitionProblem(whole)
  const name = String(whole.name)
  if (problem !== null) return unkept(name, text, problem)
  const made = { name, hash: toolHash(whole), definition: keptDefinition(whole), problem, size: text.length }
  const isAccepted = connection.accepted.get(name) === made.hash
  if (isAccepted && known.size < connection.accepted.size) asAccepted.set(connection, known.set(text, made))
  return made
}

const unkept = (name: string, text: string, problem: string): Described => ({
  ...{ name, problem, definition: { name }, size: name.length + text.length },
  hash: sha256(`${problem} ${text}`),
})

/** As it is compared when the gateway lists by itself. Null: a credential stood where it can only stand by chance. */
function plain(text: string): JsonObject | null {
  try {
    return parseReply(text)
  } catch {
    return null
  }
}

/** A call may have waited for a person; what was accepted meanwhile goes. */
function current(connection: LiveConnection): LiveConnection {
  const now = runtime().connections.get(connection.name)
  return now?.id === connection.id ? now : connection
}

/** As administrators and the record may see it. */
function observed(connection: LiveConnection, { principal }: Call, news: Described[]): Observed[] {
  const masker = maskersFor(connection, conversational(connection.name)).record
  const seenBy = storable(principal.email ?? principal.name)
  return news.map(({ name, hash, definition, problem }) => {
    const shown = isKeepable(name) ? name : `${storable(name).slice(0, shownMax)}\u2026 (${hash.slice(0, 12)})`
    if (problem !== null) return { name: shown, hash, problem, seenBy, definition: { name: shown } }
    const masked = maskArguments(definition, masker)
    return { name: shown, hash, seenBy, definition: masked, problem: definitionProblem(masked) }
  })
}

const shownMax = 200

const why = {
  'not-pinned': 'the tools of this connection were not listed yet',
  new: 'it was not there when an administrator accepted the tools of this connection',
  changed: 'its description, schema or annotations are not those that an administrator accepted',
  rejected: 'an administrator rejected it, and accepted no description of it since',
  unkeepable: 'its name is too long, or holds characters that cannot be stored',
  unseen: 'what its target says of it cannot be shown to an administrator',
  'too-many': 'too many tools of its target, that came later or changed, wait for an administrator',
} satisfies Record<Held, string>

const canAccept = 'can accept it'
const cannotAccept = 'can see what stands there of it'
/** What an administrator does about it. */
const then = {
  'not-pinned': 'must test the connection',
  ...{ new: canAccept, changed: canAccept, rejected: canAccept, unkeepable: cannotAccept, unseen: cannotAccept },
  'too-many': 'must accept or reject those first',
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
  return denial(
    'tool-quarantined',
    decision,
    `${why[held]}; do without it, or tell an administrator, who ${then[held]}: ${where}`,
  )
}
