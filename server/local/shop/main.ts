import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { createShop } from './server'
import { openStore } from './store'

/** `shop/main.ts` speaks MCP on stdio; `shop/main.ts --http` on a free loopback port, which it prints. */
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
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    process.stdout.write(`http://127.0.0.1:${port}/mcp\n`)
  })
  // The parent holds our stdin; when it is gone, so are we.
  process.stdin.resume().once('end', () => process.exit(0))
}

main()
