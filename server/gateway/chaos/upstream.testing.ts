import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A target that does what it is told and counts it: what it counted is the verdict, whatever our tables say. */
export type CountingUpstream = { url: string; effects: Map<string, number>; close(): void }

export async function startCountingUpstream(): Promise<CountingUpstream> {
  const effects = new Map<string, number>()
  const server = createServer(async (req, res) => {
    let text = ''
    for await (const chunk of req) text += String(chunk)
    const { id, method } = JSON.parse(text) as { id: string; method: string }
    if (method === 'tools/call') effects.set(id, (effects.get(id) ?? 0) + 1)
    // Long enough for somebody to be killed, or to leave, before the answer.
    await sleep(effects.size % 20)
    const result = { resultType: 'complete', content: [{ type: 'text', text: `done ${id}` }] }
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    effects,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
