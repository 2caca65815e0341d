import { cutBody, cutOpening } from '../audit/cut'
import { newEntryId } from '../audit/entry-id'
import { isoNow } from '../audit/iso-now'
import { maskArguments } from '../masking/arguments'
import type { Message } from '../mcp/messages'
import { shownHttp } from '../policy/http-facts'
import { runtime } from '../runtime'
import type { OpenResult } from '../sessions/writer'
import type { EntryDraft, EntryKind, JsonObject, Outcome, Principal } from '../types'
import { keepTask } from './begun-tasks'
import { denial, outcomeOf } from './denial'
import { heardOf, shownOf } from './kept-parts'
import { aboutOf, maskerOfWords, maskersFor } from './maskers'
import type { Incoming } from './parse'
import type { Settled } from './settle'
import type { Unheard } from './unheard'

/** The durable entry of one message. `unheard`: of an approved call, who keeps its answer if its caller has left. */
export type Opened = { entryId: string; settled: Settled; unheard?: Unheard | null }

const attemptsMax = 5

/**
 * Writes the entry before the effect, with the use of its grant or of the answer that is told, on the policy that is in force when it is
 * written. If any has moved, `again` decides anew. Rejects when nothing could be written.
 */
export async function open(
  incoming: Incoming,
  first: Settled,
  again: () => Settled | Promise<Settled>,
): Promise<Opened> {
  let settled = first
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const entry = entryOf(incoming, settled)
    const { state } = await write(entry, settled)
    if (state === 'open') return { entryId: entry.id, settled }
    const raced = state === 'grant-gone' && settled.waited
    if (state === 'policy-moved') await runtime().policy.refresh()
    settled = raced ? { ...settled, ...lost(settled) } : await again()
  }
  throw new Error('the policy kept moving while a call was opened')
}

/**
 * Written only while the newest stored version is the one our policy holder saw when the version that decided was in force:
 * while a forged one raises an alarm, calls are decided, and recorded, on the last good one.
 */
function write(entry: EntryDraft, { decision, denial: refused }: Settled): OpenResult | Promise<OpenResult> {
  const { version, grantId } = decision
  const { policy, writer } = runtime()
  if (policy.current().version !== version) return { state: 'policy-moved', version }
  return writer.open(entry, { version: policy.newestSeen(), grantId, earlierId: refused?.earlier?.row.callId ?? null })
}

/** Of identical calls that waited on one approval, one runs; this is the answer to the others. */
function lost({ decision }: Settled): Pick<Settled, 'decision' | 'denial'> {
  const refused = { ...decision, effect: 'deny' as const, reason: 'grant-raced' as const, grantId: null }
  return { decision: refused, denial: denial('grant-raced', refused) }
}

const kinds = { call: 'call', task: 'call', list: 'list', session: 'request' } satisfies Record<string, EntryKind>

function entryOf(incoming: Incoming, { decision, denial: refused }: Settled): EntryDraft {
  const { call, message, method } = incoming
  const masker = maskersFor(incoming.connection, decision, aboutOf(call)).record
  const allowed = refused === null
  const kind = allowed ? (message.id === null ? 'notification' : kinds[method.kind]) : 'refusal'
  const { version, effect, rules, errors, masks, grantId } = decision
  const args = method.kind === 'call' ? call.args : message.params
  const shown = shownOf(args, incoming, masker)
  const http = shownHttp(call, shown.arguments)
  const body = {
    // First, because unused privilege reads it there, as text from the effect to the grant (`eachKind`): nothing that a caller
    // sends or a token claims can stand before it and look like it.
    decision: {
      effect,
      reason: refused?.reason ?? decision.reason,
      rules,
      masks: masks.map((mask) => mask.id),
      errors,
      grantId,
      version,
    },
    era: incoming.era,
    revision: incoming.revision,
    requestId: plainId(message.id) ? message.id : (maskArguments({ id: message.id }, masker).id ?? null),
    ...shown,
    ...heardOf(refused, masker),
    ...(refused?.earlier == null ? {} : { answeredAs: refused.earlier.row.callId }),
    // Whoever decides this again must know whether these are what was decided on. Where they are cut, they are not.
    argumentsWhole: shown.arguments === args || JSON.stringify(shown.arguments) === JSON.stringify(args),
    claims: claimsUsed(call.principal),
    facts: {
      ...{ sql: call.sql, http, tool: call.tool, toolIsPinned: call.toolIsPinned ?? false },
      ...(http?.path === call.http?.path ? {} : { httpMasked: true }),
    },
  } satisfies JsonObject
  // An id is taken once: so a round that goes on with what was approved is run once, however often its state is sent.
  const id = allowed && incoming.continued?.granted === true ? incoming.continued.id : newEntryId()
  return draft(incoming, {
    id,
    kind,
    outcome: refused === null ? '' : outcomeOf(refused),
    policyVersion: version,
    body: cutOpening(body),
  })
}

/** Short numbers hide nothing. */
const plainId = (id: Message['id']): boolean => id === null || (typeof id === 'number' && Math.abs(id) < 1e6)

/** Of the caller's token: what the policy of this moment could have read. */
function claimsUsed({ groups, kind, claims }: Principal): JsonObject {
  const names = runtime().policy.current().claims
  if (names.length === 0) return { groups, kind }
  const known = names.filter((name) => Object.hasOwn(claims, name))
  return {
    ...{ groups, kind },
    named: Object.fromEntries(known.map((name) => [name, claims[name]!])),
    absent: names.filter((name) => !known.includes(name)),
  }
}

export type Closing = {
  outcome: Outcome
  masked: number
  recorded: string
  /** The task of the target that the answer begins, kept before anybody hears of it. */
  begins?: string | null
}

/**
 * Writes the entry of the answer; when it resolves the answer may leave. `recorded` and notifications are JSON text.
 * Rejects with code `answer-unrecorded`: the call ran, but nobody may see what came of it.
 */
export async function close(
  incoming: Incoming,
  { entryId, settled, unheard }: Opened,
  end: Closing,
  notifications: string[] = [],
): Promise<void> {
  const ms = Math.round((performance.now() - incoming.receivedAt) * 1000) / 1000
  const notes = notifications.length === 0 ? '' : `,"notifications":[${notifications.join(',')}]`
  const answer = end.recorded === '' ? 'null' : cutBody(end.recorded)
  const body = `{"answer":${answer},"ms":${ms},"bytes":${Buffer.byteLength(end.recorded)}${notes}}`
  try {
    if (typeof end.begins === 'string') await keepTask(end.begins, incoming)
    await runtime().writer.append(
      draft(incoming, {
        id: newEntryId(),
        kind: 'reply',
        callId: entryId,
        outcome: end.outcome,
        policyVersion: settled.decision.version,
        masked: end.masked,
        body: cutBody(body),
      }),
    )
  } catch (cause) {
    unheard?.answered(null)
    throw Object.assign(new Error('an answer could not be recorded', { cause }), { code: 'answer-unrecorded' })
  }
  unheard?.answered(end)
}

/** What passes on a stream before its end is recorded within a second. */
export function note(
  incoming: Incoming,
  { entryId, settled }: Opened,
  kind: 'notification' | 'request',
  body: string,
): Promise<void> {
  const policyVersion = settled.decision.version
  return runtime().writer.append(
    draft(incoming, { id: newEntryId(), kind, callId: entryId, outcome: 'ok', policyVersion, body: cutBody(body) }),
  )
}

type Own = Pick<EntryDraft, 'id' | 'kind' | 'outcome' | 'policyVersion' | 'body'> &
  Partial<Pick<EntryDraft, 'callId' | 'masked'>>

function draft(incoming: Incoming, own: Own): EntryDraft {
  const { call, conversation, message } = incoming
  return {
    id: own.id,
    kind: own.kind,
    at: isoNow(),
    sessionId: conversation.id,
    callId: own.callId ?? null,
    principalId: call.principal.id,
    principal: call.principal.email ?? call.principal.name,
    client: `${call.client.name} ${call.client.version}`.trim(),
    connectionId: call.connection.id,
    connection: call.connection.name,
    action: message.method,
    resource: call.resource.id,
    outcome: own.outcome,
    policyVersion: own.policyVersion,
    masked: own.masked ?? 0,
    body: own.body,
  }
}

/** A message that never became a call, from somebody we know. */
export type RefusedMessage = {
  principal: { id: string; name: string; email: string | null }
  connection: { id: string; name: string } | null
  slug: string
  method: string
  problem: string
}

export function recordRefusal(refused: RefusedMessage): Promise<void> {
  const { principal, connection, slug, method, problem } = refused
  // A problem can quote what was sent.
  const live = connection === null ? null : runtime().connections.get(connection.name)
  const words = live === null ? { method, problem } : maskArguments({ method, problem }, maskerOfWords(live))
  return runtime().writer.append({
    id: newEntryId(),
    kind: 'refusal',
    at: isoNow(),
    sessionId: null,
    callId: null,
    principalId: principal.id,
    principal: principal.email ?? principal.name,
    client: '',
    connectionId: connection?.id ?? null,
    connection: connection?.name ?? slug.slice(0, 100),
    action: String(words.method).slice(0, 100),
    resource: '',
    outcome: 'refused',
    policyVersion: runtime().policy.current().version,
    masked: 0,
    body: JSON.stringify({ problem: words.problem ?? '' }),
  })
}
