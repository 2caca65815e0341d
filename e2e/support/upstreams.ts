import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

export type Upstream = {
  url: string
  /** Calls of tools that arrived. */
  effects: { tool: string; args: unknown }[]
  requests: IncomingMessage[]
  close(): Promise<void>
}
/** One message as it arrived. */
export type Arrived = {
  id?: unknown
  method?: string
  params?: { name?: string; arguments?: Record<string, unknown>; _meta?: Record<string, unknown> }
  error?: { code: number; message: string }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

export async function listen(handler: Handler, effects: Upstream['effects'] = [], port = 0): Promise<Upstream> {
  const requests: IncomingMessage[] = []
  const server: Server = createServer((request, response) => {
    requests.push(request)
    void handler(request, response)
  })
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    effects,
    requests,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

/** A real MCP server (SDK v2, both eras) that counts what it is asked to do. */
export function counting(): Promise<Upstream> {
  const effects: Upstream['effects'] = []
  const make = () => {
    const server = new McpServer({ name: 'counting', version: '1.0.0' })
    const tool = (name: string, run: (args: { note: string }) => string | Promise<string>) =>
      server.registerTool(
        name,
        { description: name, inputSchema: z.object({ note: z.string().default('') }) },
        async (args) => {
          effects.push({ tool: name, args })
          return { content: [{ type: 'text', text: await run(args) }] }
        },
      )
    tool('read', ({ note }) => `read ${note}`)
    tool('write', ({ note }) => `wrote ${note}`)
    tool('secret', () => 'mail ada@example.com, card 4000001234100006')
    tool('slow', async ({ note }) => {
      await new Promise((wait) => setTimeout(wait, 1500))
      return `slow ${note}`
    })
    return server
  }
  const handler = createMcpHandler(make)
  return listen(
    getRequestListener((request) => handler.fetch(request), { overrideGlobalObjects: false }),
    effects,
  )
}

const bodyOf = async (request: IncomingMessage): Promise<Arrived> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  return text === '' ? {} : (JSON.parse(text) as Arrived)
}

/** Answers as `respond` says; for targets that misbehave. */
export function misbehaving(
  respond: (response: ServerResponse, message: Arrived, request: IncomingMessage) => unknown,
  port = 0,
): Promise<Upstream> {
  const effects: Upstream['effects'] = []
  return listen(
    async (request, response) => {
      const message = await bodyOf(request)
      if (message.method === 'tools/call')
        effects.push({ tool: message.params?.name ?? '', args: message.params?.arguments })
      await respond(response, message, request)
    },
    effects,
    port,
  )
}
