import { once } from 'node:events'
import { type IncomingMessage, request as nodeRequest } from 'node:http'
import { request } from 'undici'

export type RawAnswer = {
  status: number
  headers: Record<string, unknown>
  text: string
  json: Record<string, unknown> | null
}
export type Raw = {
  token?: string | null
  headers?: Record<string, string>
  body?: string | Uint8Array
  method?: 'POST' | 'GET' | 'DELETE' | 'TRACE'
}

/** One request exactly as given, with nothing a client library would add or refuse (`host` included). */
export async function raw(url: string, { token, headers = {}, body, method = 'POST' }: Raw): Promise<RawAnswer> {
  const response = await request(url, {
    method,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token == null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.body.text()
  return { status: response.statusCode, headers: response.headers, text, json: parse(text) }
}

/** The same with the offer of another protocol that Java's own HTTP client makes with its first request without TLS. */
export async function rawOffer(
  url: string,
  { token, headers = {}, body }: Raw,
): Promise<Pick<RawAnswer, 'status' | 'text'>> {
  const outgoing = nodeRequest(url, {
    method: 'POST',
    headers: {
      ...{ connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAEAAEAAAAIAAAABAAMAAABk' },
      ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      ...{ authorization: `Bearer ${token}`, 'content-length': Buffer.byteLength(body ?? '') },
      ...headers,
    },
  })
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  outgoing.end(body)
  const [response] = await answered
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode ?? 0, text }
}

function parse(text: string): Record<string, unknown> | null {
  const data = text.startsWith('event:') ? (/^data: (.*)$/m.exec(text)?.[1] ?? '') : text
  try {
    return JSON.parse(data) as Record<string, unknown>
  } catch {
    return null
  }
}

export const callBody = (name: string, args: unknown, id = 1): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } })
