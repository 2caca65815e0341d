import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { createShop } from './server'
import { openStore } from './store'

/** `shop/main.ts` speaks MCP on stdio; `shop/main.ts --http PORT` on that loopback port, or a free one, and prints its address. */
function main(): void {
  const url = process.env.SHOP_DATABASE_URL
  if (url === undefined) throw new Error('SHOP_DATABASE_URL is not set')
  const store = openStore(url)
  if (!process.argv.includes('--http')) {
    serveStdio(() => createShop(store))
    process.stdin.once('end', () => process.exit(0))
    return
  }
  const handler = createMcpHandler(() => createShop(store))
  const server = createServer(getRequestListener((request) => handler.fetch(request)))
  server.on('listening', () => {
    const { port } = server.address() as AddressInfo
    process.stdout.write(`http://127.0.0.1:${port}/mcp\n`)
  })
  server.once('error', () => server.listen(0, '127.0.0.1'))
  server.listen(Number(process.argv[process.argv.indexOf('--http') + 1] ?? 0), '127.0.0.1')
  // The parent holds our stdin; when it is gone, so are we.
  process.stdin.resume().once('end', () => process.exit(0))
}

main()
