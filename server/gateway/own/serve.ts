import { createMcpHandler } from '@modelcontextprotocol/server'
import type { LiveConnection } from '../../connections/current'
import { ownId, ownName } from '../../db/own-connection'
import { codes } from '../../mcp/errors'
import { runtime } from '../../runtime'
import type { Decision, Principal } from '../../types'
import { type Answer, errorAnswer, wholeMessage } from '../answer'
import type { CallerRequest } from '../caller-request'
import { denial } from '../denial'
import { endSession } from '../end-session'
import { visible } from '../fulfil'
import type { Weighed } from '../load'
import { maskersFor } from '../maskers'
import { type Incoming, parse } from '../parse'
import { type Closing, close, open } from '../record'
import { rejection } from '../rejection'
import { refused } from '../respond'
import { conversational, type Settled } from '../settle'
import { createOwnServer } from './server'

/**
 * Sallyport's own MCP server, in either era, for one authenticated caller; it knows of nobody else. Everybody may ask it about
 * themselves, and what they ask is recorded as every call is: the entry before, the masked answer before it leaves.
 */
export async function serveOwn(
  request: CallerRequest,
  principal: Principal,
  receivedAt: number,
  load: Weighed,
): Promise<Answer> {
  const own = connection()
  if (request.method === 'DELETE') return endSession(request, principal, own)
  if (request.method !== 'POST') return answer(request, principal, null)
  const incoming = await parse(request, principal, own, receivedAt, load)
  if ('accepted' in incoming || 'response' in incoming) return { status: 202, headers: {}, body: null }
  if ('task' in incoming) return errorAnswer(404, incoming.task.id, 'there is no such task', codes.methodNotFound)
  if ('rejected' in incoming) return rejection(incoming, principal, own)
  runtime().metrics.calls.inc({ outcome: 'own' })
  return recorded(incoming, request, principal)
}

async function recorded(incoming: Incoming, request: CallerRequest, principal: Principal): Promise<Answer> {
  try {
    const opened = await open(incoming, settled(), async () => settled())
    const given = await answer(request, principal, incoming.body)
    // A stream that is no answer to one question ends when its caller goes; nothing of the caller's is on it.
    const lasting = incoming.message.method === 'subscriptions/listen'
    const whole = lasting ? given : await gathered(given)
    const end = lasting ? ended : await endOf(whole, incoming)
    await close(incoming, opened, end ?? { ...ended, outcome: 'withheld' })
    return end === null ? refused(incoming, denial('mask-failed'), 'withheld').answer : withSession(whole, incoming)
  } catch (error) {
    runtime().log.error({ err: error }, 'a question to the own server could not be recorded')
    const reason = (error as { code?: unknown }).code === 'answer-unrecorded' ? 'answer-unrecorded' : 'record-failed'
    return refused(incoming, denial(reason), 'withheld').answer
  }
}

/** Everybody may; masks of every connection apply to what the record keeps, for it speaks of all of them. */
function settled(): Settled {
  const masks = runtime().policy.current().document.masks
  const decision: Decision = { ...conversational(ownName), masks }
  return { decision, denial: null, waited: false }
}

const ended: Closing = { outcome: 'ok', masked: 0, recorded: '' }

/** What the record keeps of an answer; null when it cannot be masked. The caller reads it whole: it is about them. */
async function endOf(answer: Answer, incoming: Incoming): Promise<Closing | null> {
  if ('body' in answer && answer.body === null) return ended
  const message = await wholeMessage(answer)
  const outcome = message.error !== undefined ? 'error' : isError(message.result) ? 'tool_error' : 'ok'
  const { caller } = maskersFor(incoming.connection, settled().decision)
  const kept = visible(message, { caller, record: caller })
  return 'denial' in kept ? null : { ...ended, outcome, recorded: kept.recorded }
}

const isError = (result: unknown): boolean => (result as { isError?: unknown } | undefined)?.isError === true

/** A stream that ends with the answer, in one piece. */
async function gathered(answer: Answer): Promise<Answer> {
  if ('body' in answer) return answer
  let body = ''
  for await (const text of answer.events) body += text
  return { status: answer.status, headers: answer.headers, body }
}

const withSession = (answer: Answer, { conversation, message }: Incoming): Answer =>
  message.method === 'initialize' && conversation.mcpSession !== null
    ? { ...answer, headers: { ...answer.headers, 'mcp-session-id': conversation.mcpSession } }
    : answer

/** As the pipeline sees it; whatever any connection keeps secret is secret here. */
const connection = (): LiveConnection => ({
  ...{ id: ownId, name: ownName, transport: 'http', url: null, agentId: null, target: null, targetHash: '' },
  ...{ credentialKind: 'none', sql: [], http: [], schema: 'public', clientRequests: [], credentialHeaders: {} },
  secrets: [
    ...new Set(
      runtime()
        .connections.list()
        .flatMap(({ secrets }) => secrets),
    ),
  ],
  ...{ tools: new Map(), broken: null, own: true },
  ...{ pinning: 'off' as const, isPinned: false, accepted: new Map(), quarantined: new Map() },
})

async function answer(
  { method, headers, signal }: CallerRequest,
  principal: Principal,
  body: string | null,
): Promise<Answer> {
  // The session is between the caller and the record, and the body is the one that was understood.
  const kept = [...headers].filter(([name]) => name !== 'mcp-session-id' && name !== 'content-length')
  const url = `${runtime().env.publicUrl}/mcp/${ownName}`
  const request = new Request(url, { method, headers: kept, signal, ...(body === null ? {} : { body }) })
  const response = await createMcpHandler(() => createOwnServer(principal)).fetch(request)
  const { status } = response
  const given = Object.fromEntries(response.headers)
  if (response.body === null) return { status, headers: given, body: null }
  if (!(given['content-type'] ?? '').startsWith('text/event-stream'))
    return { status, headers: given, body: await response.text() }
  return { status, headers: given, events: texts(response.body) }
}

async function* texts(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) yield decoder.decode(chunk, { stream: true })
}
