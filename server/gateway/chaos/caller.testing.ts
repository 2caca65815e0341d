import { request } from 'undici'
import { metaKeys } from '../../mcp/revisions'
import { readEvents } from '../../mcp/sse'
import type { JsonObject } from '../../types'

/** One call under way. The tag is its JSON-RPC id, so that callers, the upstream and the record speak of the same request. */
export type Sent = {
  tag: string
  caller: string
  tool: string
  order: number
  instance: string
  /** The question it waits for, once it is told. */
  review: string | null
  /** `ran`: the target's answer came. `lost`: the connection broke, so nothing is known. */
  end: 'waits' | 'ran' | 'refused' | 'lost'
  said: string
  done: Promise<void>
  drop(): void
}

export type Sending = Pick<Sent, 'tag' | 'caller' | 'tool' | 'order' | 'instance'> & {
  token: string
  era: 'legacy' | 'modern'
  host: string
}

export function send({ token, era, host, ...about }: Sending): Sent {
  const stop = new AbortController()
  const sent: Sent = {
    ...about,
    review: null,
    end: 'waits',
    said: '',
    done: Promise.resolve(),
    drop: () => stop.abort(),
  }
  sent.done = exchange(sent, token, era, host, stop.signal).catch((error: Error) => {
    sent.end = 'lost'
    sent.said = error.message
  })
  return sent
}

async function exchange(sent: Sent, token: string, era: Sending['era'], host: string, signal: AbortSignal) {
  const { tool, order, tag } = sent
  const meta = { progressToken: tag, ...(era === 'modern' ? modernMeta : {}) }
  const params = { name: tool, arguments: { order }, _meta: meta }
  const { body } = await request(`${sent.instance}/mcp/target`, {
    method: 'POST',
    signal,
    headersTimeout: 0,
    bodyTimeout: 0,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
      host,
      ...(era === 'modern' ? { ...modernHeaders, 'mcp-name': tool } : {}),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: tag, method: 'tools/call', params }),
  })
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
    sent.review ??= /\/reviews\/([0-9a-f-]{36})/.exec(data)?.[1] ?? null
  }
  finish(sent, last === '' ? pieces.join('') : last)
}

const modernMeta: JsonObject = {
  [metaKeys.protocolVersion]: '2026-07-28',
  [metaKeys.clientCapabilities]: {},
}
const modernHeaders = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call' }

function finish(sent: Sent, text: string): void {
  sent.said = text
  const { result, error } = JSON.parse(text) as { result?: { isError?: boolean }; error?: object }
  if (result === undefined && error === undefined) throw new Error('there was no answer')
  sent.end = result !== undefined && result.isError !== true ? 'ran' : 'refused'
}
