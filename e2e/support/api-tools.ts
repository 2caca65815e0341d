import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { listen, type Upstream } from './upstreams'

/** An API, and a real MCP server before it that puts arguments into paths as they come, as many do. */
export async function apiTools(): Promise<Upstream & { asked: string[] }> {
  const asked: string[] = []
  const api = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(200, { 'content-type': 'text/plain' }).end(`this is ${request.url}`)
  })
  await new Promise<void>((done) => api.listen(0, '127.0.0.1', done))
  const origin = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  const make = () => {
    const server = new McpServer({ name: 'api', version: '1.0.0' })
    const tool = (name: string, method: string, pathOf: (id: string) => string) =>
      server.registerTool(
        name,
        { description: name, inputSchema: z.object({ id: z.any().optional() }) },
        async ({ id }) => {
          const answer = await fetch(`${origin}${pathOf(String(id))}`, { method })
          return { content: [{ type: 'text', text: await answer.text() }] }
        },
      )
    tool('get_order', 'GET', (id) => `/orders/${id}`)
    tool('cancel_order', 'POST', (id) => `/orders/${id}/cancel`)
    tool('ping', 'GET', () => '/ping')
    return server
  }
  const handler = createMcpHandler(make)
  const upstream = await listen(
    getRequestListener((request) => handler.fetch(request), { overrideGlobalObjects: false }),
  )
  return {
    ...upstream,
    asked,
    close: async () => {
      await upstream.close()
      api.close()
      api.closeAllConnections()
    },
  }
}
