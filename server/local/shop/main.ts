import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { createShop } from './server'
import { openStore } from './store'

/** The demo's MCP server, on stdio; an agent starts it. */
function main(): void {
  const url = process.env.SHOP_DATABASE_URL
  if (url === undefined) throw new Error('SHOP_DATABASE_URL is not set')
  const store = openStore(url)
  serveStdio(() => createShop(store))
  process.stdin.once('end', () => process.exit(0))
}

main()
