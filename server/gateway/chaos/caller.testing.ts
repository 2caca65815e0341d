import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { metaKeys } from '../../mcp/revisions'
import { readEvents } from '../../mcp/sse'
import type { JsonObject } from '../../types'
import { decisionKey } from '../denial'

/** One call under way. The tag is its JSON-RPC id, so that callers, the upstream and the record speak of the same request. */
export type Sent = {
  tag: string
  caller: string
  tool: string
  order: number
  instance: string
  how: How
  /** The question it waits for, once it is told. */
  review: string | null
  /** `ran`: the target's answer came. `lost`: the connection broke, so nothing is known. */
  end: 'waits' | 'ran' | 'refused' | 'lost'
  said: string
  /** The entry of the earlier call whose answer it was told. */
  answeredAs: string | null
  done: Promise<void>
  drop(): void
}

/** `task`: a modern client that takes a task for an answer, and asks how it does. */
export type How = 'legacy' | 'modern' | 'task'
export type Sending = Pick<Sent, 'tag' | 'caller' | 'tool' | 'order' | 'instance'> & {
  token: string
  how: How
  host: string
  /** An instance that lives, to ask about a task. */
  anywhere(): string
}

export function send({ token, how, host, anywhere, ...about }: Sending): Sent {
  const stop = new AbortController()
  const sent: Sent = {
    ...about,
    how,
    review: null,
    end: 'waits',
    said: '',
    answeredAs: null,
    done: Promise.resolve(),
    drop: () => stop.abort(),
  }
  const line = { token, how, host, anywhere, signal: stop.signal }
  sent.done = exchange(sent, line).catch((error: Error) => {
    sent.end = 'lost'
    sent.said = error.message
  })
  return sent
}

type Line = Pick<Sending, 'token' | 'how' | 'host' | 'anywhere'> & { signal: AbortSignal }

async function exchange(sent: Sent, line: Line): Promise<void> {
  const { tool, order, tag } = sent
  const params = { name: tool, arguments: { order }, _meta: { progressToken: tag, ...declared[line.how] } }
  const { body } = await post(sent.instance, line, { id: tag, method: 'tools/call', params }, tool)
  let last = ''
  const pieces: string[] = []
  const whole = async function* () {
    for await (const chunk of body) {
      pieces.push(String(chunk))
      yield chunk as Uint8Array
    }
  }
  for await (const { data } of readEvents(whole(), 1_000_000)) {
    last = data
    sent.review ??= reviewIn(data)
  }
  const text = last === '' ? pieces.join('') : last
  sent.review ??= reviewIn(text)
  const taskId = (JSON.parse(text) as Answer).result?.taskId
  if (taskId === undefined) finish(sent, text)
  else await follow(sent, line, taskId)
}

type Answer = { result?: Result; error?: object }
type Result = { isError?: boolean; taskId?: string; status?: string; result?: object; _meta?: About }
type About = { [decisionKey]?: { answeredAs?: string } }
const reviewIn = (text: string): string | null => /\/reviews\/([0-9a-f-]{36})/.exec(text)?.[1] ?? null

/** Asks how a task does until it is over: the first to ask after the approval lets the call through. */
async function follow(sent: Sent, line: Line, taskId: string): Promise<void> {
  for (;;) {
    await sleep(pollMs, undefined, { signal: line.signal })
    const params = { taskId, _meta: declared.task }
    const asked = { id: `${sent.tag} ${taskId}`, method: 'tasks/get', params }
    // Whoever was asked may be dead by now; the task is not.
    const answer = await post(line.anywhere(), line, asked, taskId).catch(() => null)
    const text = (await answer?.body.text().catch(() => null)) ?? null
    line.signal.throwIfAborted()
    sent.said = text ?? ''
    if (text === null || answer?.statusCode !== 200) continue
    const { result, error } = JSON.parse(text) as Answer
    if (error !== undefined) throw new Error(`a task is gone: ${text}`)
    if (result?.status === 'failed') throw new Error(`nobody knows whether it ran: ${text}`)
    if (result?.status === 'cancelled') return finish(sent, '{"error":{"message":"it was cancelled"}}')
    if (result?.status === 'completed') return finish(sent, JSON.stringify({ result: result.result }))
  }
}

const post = (
  url: string,
  { token, how, host, signal }: Line,
  message: JsonObject & { method: string },
  named: string,
) =>
  request(`${url}/mcp/target`, {
    method: 'POST',
    signal,
    headersTimeout: 0,
    bodyTimeout: 0,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
      host,
      ...(how === 'legacy' ? {} : { ...modernHeaders, 'mcp-method': message.method, 'mcp-name': named }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  })

const pollMs = 40
const version = { [metaKeys.protocolVersion]: '2026-07-28' }
const declared: Record<How, JsonObject> = {
  legacy: {},
  modern: { ...version, [metaKeys.clientCapabilities]: {} },
  task: { ...version, [metaKeys.clientCapabilities]: { extensions: { 'io.modelcontextprotocol/tasks': {} } } },
}
const modernHeaders = { 'mcp-protocol-version': '2026-07-28' }

function finish(sent: Sent, text: string): void {
  sent.said = text
  const { result, error } = JSON.parse(text) as Answer
  if (result === undefined && error === undefined) throw new Error('there was no answer')
  sent.answeredAs = result?._meta?.[decisionKey]?.answeredAs ?? null
  sent.end = result !== undefined && result.isError !== true ? 'ran' : 'refused'
}
