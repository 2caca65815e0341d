import { join } from 'node:path'
import type { Exchange, HubRequest } from './ask'
import { post, type TestAgent, type TestInstance } from './gateway.testing'
import { textOf } from './pair.testing'

const program = join(import.meta.dirname, 'agent/server.testing.mjs')

/** A target that runs agent/server.testing.mjs. */
export const stdioTarget = (name: string, more: object = {}, ...args: string[]) => ({
  name,
  type: 'stdio',
  command: [process.execPath, program, ...args],
  ...more,
})

export const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
}

export const toolCall = (name: string, args: object = {}, id: number | string = 1, meta?: object) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) },
})

const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
}
export const modernCall = (name: string, args: object = {}, id: number | string = 1, meta: object = {}) =>
  toolCall(name, args, id, { ...envelope, ...meta })

export const modernRequest = (method: string, params: object = {}, id = 1) => ({
  jsonrpc: '2.0',
  id,
  method,
  params: { ...params, _meta: envelope },
})

export type Session = {
  id: string
  send(message: object, more?: Partial<HubRequest>): Promise<Exchange>
  /** The text that a tool answers with, or the whole answer when it is something else. */
  tool(name: string, args?: object, more?: Partial<HubRequest>): Promise<string>
}

/** A legacy session with a target. */
export async function openSession(
  instance: TestInstance,
  agent: TestAgent,
  target: string,
  session = 'session-1',
): Promise<Session> {
  const opened = await post(instance, agent, target, initialize, { session })
  const id = opened.headers['mcp-session-id']
  if (id === undefined) throw new Error(`no session: ${opened.status} ${await textOf(opened.body)}`)
  await textOf(opened.body)
  const send = (message: object, more: Partial<HubRequest> = {}) =>
    post(instance, agent, target, message, { session, ...more, headers: { 'mcp-session-id': id, ...more.headers } })
  return {
    id,
    send,
    tool: async (name, args, more) => toolText(await textOf((await send(toolCall(name, args), more)).body)),
  }
}

export function toolText(answer: string): string {
  const message = JSON.parse(answer) as { result?: { content: { text: string }[] } }
  return message.result?.content[0]?.text ?? answer
}

/** The messages of a text/event-stream. */
export const messagesOf = (events: string): Record<string, unknown>[] =>
  [...events.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data))
