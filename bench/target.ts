import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'

// The cheapest honest target: a legacy stateless MCP server whose one tool answers 0.7 KB with something to mask in it.
const rows = Array.from({ length: 3 }, (_, n) => ({
  id: 1001 + n,
  name: 'Ada Almeida',
  email: 'ada.almeida@example.com',
  ssn: '912-34-5678',
  city: 'Lisbon',
}))
const content = JSON.stringify([{ type: 'text', text: JSON.stringify(rows) }])
const structured = JSON.stringify({ rows })

const input = { type: 'object', properties: { sql: { type: 'string' } }, required: ['sql'] }
const results: Record<string, string> = {
  initialize: JSON.stringify({
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'target', version: '1' },
  }),
  'tools/list': JSON.stringify({ tools: [{ name: 'query', description: 'Runs SQL.', inputSchema: input }] }),
  'tools/call': `{"content":${content},"structuredContent":${structured}}`,
}

function answer(id: unknown, method: string): string {
  const result = results[method]
  const end = result === undefined ? '"error":{"code":-32601,"message":"method not found"}' : `"result":${result}`
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},${end}}`
}

type Request = { id?: unknown; method: string }

function overHttp(): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.method !== 'POST') return void response.writeHead(405).end()
      const message = JSON.parse(Buffer.concat(chunks).toString()) as Request
      if (message.id === undefined) return void response.writeHead(202).end()
      const body = answer(message.id, message.method)
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body)
    })
  })
  server.listen(0, '127.0.0.1', () =>
    process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp\n`),
  )
}

/** Behind an agent. */
function onStdio(): void {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const message = JSON.parse(line) as Request
    if (message.id !== undefined) process.stdout.write(`${answer(message.id, message.method)}\n`)
  })
}

if (process.argv.includes('--stdio')) onStdio()
else overHttp()
