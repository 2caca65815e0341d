import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'

// The yardstick: node:http + undici, the body parsed once and sent on, no checks at all.
const target = new URL(process.argv[2] ?? '')
const pool = new Pool(target.origin, { connections: 128, headersTimeout: 0, bodyTimeout: 0 })

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', async () => {
    const body = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()))
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const reply = await pool.request({ path: target.pathname, method: 'POST', headers, body })
    const text = await reply.body.text()
    response
      .writeHead(reply.statusCode, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text)
  })
})
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp\n`),
)
