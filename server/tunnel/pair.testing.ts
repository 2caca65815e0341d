import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { frameBytesMax } from './frames'
import { Mux, type MuxOptions } from './mux'

export type Pair = {
  gateway: Mux
  agent: Mux
  sockets: { gateway: WebSocket; agent: WebSocket }
  close(): Promise<void>
}

/** Both ends of a tunnel over a real socket. */
export async function startPair(options: {
  gateway?: Partial<MuxOptions>
  agent?: Partial<MuxOptions>
}): Promise<Pair> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: frameBytesMax })
  await once(server, 'listening')
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [[accepted]] = (await Promise.all([once(server, 'connection'), once(socket, 'open')])) as [[WebSocket], unknown]
  const gateway = new Mux(accepted, { lost: 'the agent went away', ...options.gateway })
  const agent = new Mux(socket, { lost: 'the gateway went away', onOpen: () => {}, ...options.agent })
  return {
    gateway,
    agent,
    sockets: { gateway: accepted, agent: socket },
    close: async () => {
      gateway.close(1001, 'done')
      agent.close(1001, 'done')
      await new Promise((done) => server.close(done))
    },
  }
}

export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** `Promise.withResolvers`, which Node 20 lacks. */
export function deferred<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
