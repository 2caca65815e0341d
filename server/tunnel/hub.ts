import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import type { Database } from '../context'
import type { Bell } from '../db/notify'

export type Exchange = { status: number; headers: Record<string, string>; body: AsyncIterable<Uint8Array> }
export type Hub = {
  request(agentId: string, target: string, input: { method: string; headers: Record<string, string>; body: string | null; session: string; signal: AbortSignal }): Promise<Exchange>
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  online(agentId: string): boolean
  close(): Promise<void>
}
export function startHub(_: { db: Database; bell: Bell; instanceId: string; log: Logger; publicUrl: string }): Hub {
  return {
    request: () => Promise.reject(Object.assign(new Error('the agent is not connected'), { code: 'unavailable' })),
    upgrade: (_req, socket) => void socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n'),
    online: () => false,
    close: async () => {},
  }
}
