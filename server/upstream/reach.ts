import type { LiveConnection } from '../connections/current'
import { aborted, exchange } from './exchange'

/** A `fetch` to a connection's target with the gateway's own credential, for the MCP SDK's client. The address is the connection's. */
export const reach =
  (connection: LiveConnection) =>
  async (init: RequestInit = {}): Promise<Response> => {
    const headers = Object.fromEntries(new Headers(init.headers))
    const method = (init.method ?? 'GET') as 'GET' | 'POST' | 'DELETE'
    const body = typeof init.body === 'string' ? init.body : null
    const response = await exchange(connection, {
      method,
      headers: { ...headers, 'accept-encoding': 'identity' },
      body,
      whenCancelled: init.signal == null ? null : aborted(init.signal),
      session: `check ${connection.id}`,
      personId: null,
    })
    const iterator = response.body[Symbol.asyncIterator]()
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: () => response.discard(),
    })
    const bodiless = response.status === 204 || response.status === 304
    if (bodiless) response.discard()
    return new Response(bodiless ? null : stream, { status: response.status, headers: response.headers })
  }
