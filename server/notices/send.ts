import { createHmac } from 'node:crypto'
import type { LookupFunction } from 'node:net'
import { Agent, request } from 'undici'

/** Which addresses may be reached, and how their names are looked up: the rules that targets have. */
export type Reach = { problem(url: string): string | null; lookup: LookupFunction }

export type Delivery = { id: string; url: string; body: string; secret: string | null; at: Date }
export type Delivered = { ok: boolean; status: number | null; problem: string | null }

const withinMs = 10_000

/** The signature of Standard Webhooks 1.0: HMAC-SHA-256 over `id.timestamp.body`, under what follows `whsec_`. */
function signature(secret: string, id: string, seconds: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`
}

/** One attempt. Never throws; redirects are not followed. */
export async function send({ id, url, body, secret, at }: Delivery, reach: Reach): Promise<Delivered> {
  const problem = reach.problem(url)
  if (problem !== null) return { ok: false, status: null, problem }
  const seconds = Math.floor(at.getTime() / 1000)
  const signed =
    secret === null
      ? {}
      : {
          'webhook-id': id,
          'webhook-timestamp': String(seconds),
          'webhook-signature': signature(secret, id, seconds, body),
        }
  const dispatcher = new Agent({ connect: { lookup: reach.lookup, timeout: withinMs } })
  try {
    const { statusCode, body: answer } = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signed },
      ...{ body, dispatcher, headersTimeout: withinMs, bodyTimeout: withinMs },
    })
    await answer.dump()
    const ok = statusCode >= 200 && statusCode < 300
    return { ok, status: statusCode, problem: ok ? null : `it answered HTTP ${statusCode}` }
  } catch (error) {
    return { ok: false, status: null, problem: wordsFor(error) }
  } finally {
    await dispatcher.close().catch(() => {})
  }
}

const words: Record<string, string> = {
  ECONNREFUSED: 'it refuses connections',
  ENOTFOUND: 'its name does not resolve',
  ECONNRESET: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_HEADERS_TIMEOUT: 'it does not answer in time',
}

function wordsFor(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  if (code === 'forbidden-address') return message ?? 'its address is not allowed'
  return words[code ?? ''] ?? 'it could not be reached'
}
