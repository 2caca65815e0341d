// A small MCP server on stdio, without a library, that does what its tools are named after. Legacy (`--revision=`), or with
// `--modern` both eras.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const modern = process.argv.includes('--modern')
const revision = process.argv.find((given) => given.startsWith('--revision='))?.split('=')[1] ?? '2025-11-25'
const cancelled = []
const asked = new Map()

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
const text = (id, text) => say({ id, result: { resultType: 'complete', content: [{ type: 'text', text }] } })

const tools = {
  echo: (id, { note }) => text(id, note),
  env: (id) => text(id, JSON.stringify(process.env)),
  pid: (id) => text(id, String(process.pid)),
  cancelled: (id) => text(id, JSON.stringify(cancelled)),
  never: () => {},
  die: () => process.exit(3),
  hang: () => {
    for (;;);
  },
  flood: (id) => {
    let left = 200
    const more = () => {
      if (left-- === 0) return text(id, 'flooded')
      process.stderr.write(`${'x'.repeat(99_999)}\n`, more)
    }
    more()
  },
  junk: (id) => {
    process.stdout.write('Debug: this is not JSON\n{"half":\n[1,2]\n"text"\n')
    text(id, 'after junk')
  },
  huge: (id) => text(id, 'x'.repeat(50 * 1024 * 1024)),
  large: (id, { bytes }) => text(id, 'x'.repeat(bytes)),
  unended: () => process.stdout.write('x'.repeat(50 * 1024 * 1024)),
  progress: (id, { steps, padding = 0 }, meta) => {
    const message = 'x'.repeat(padding)
    for (let step = 1; step <= steps; step += 1)
      say({ method: 'notifications/progress', params: { progressToken: meta?.progressToken, progress: step, message } })
    text(id, 'done')
  },
  ask: (id) => {
    say({ id: 'q1', method: 'elicitation/create', params: { message: 'who?' } })
    asked.set('q1', (answer) => text(id, `answered ${JSON.stringify(answer.result ?? answer.error)}`))
  },
  memory: (_, { megabytes }) => {
    globalThis.kept = Buffer.alloc(megabytes * 1024 * 1024, 1)
  },
  grandchild: (id) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    text(id, String(child.pid))
  },
  stubborn: (id) => {
    process.on('SIGTERM', () => {})
    process.stdin.on('end', () => setInterval(() => {}, 1000))
    text(id, String(process.pid))
  },
  number: (id) =>
    process.stdout.write(`{"jsonrpc":"2.0","id":${id},"result":{"content":[],"n":12345678901234567890}}\n`),
}

const serverInfo = { name: 'small', version: '1' }
const discovered = { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: {}, ttlMs: 0 }
const methods = {
  initialize: ({ id }) => say({ id, result: { protocolVersion: revision, capabilities: { tools: {} }, serverInfo } }),
  // Some legacy servers end when anything comes before `initialize`.
  'server/discover': ({ id }) =>
    modern ? say({ id, result: { ...discovered, cacheScope: 'private' } }) : process.exit(1),
  'subscriptions/listen': ({ id }) => {
    const _meta = { 'io.modelcontextprotocol/subscriptionId': id }
    say({ method: 'notifications/subscriptions/acknowledged', params: { _meta, notifications: {} } })
    say({ method: 'notifications/tools/list_changed', params: { _meta } })
    say({ method: 'notifications/cancelled', params: { requestId: id } })
  },
  'tools/call': ({ id, params }) => tools[params.name](id, params.arguments ?? {}, params._meta),
  'notifications/cancelled': ({ params }) => cancelled.push(params.requestId),
  'notifications/initialized': () => say({ method: 'notifications/tools/list_changed' }),
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line)
  if (message.method === undefined) return asked.get(message.id)?.(message)
  const run = methods[message.method]
  if (run !== undefined) return run(message)
  if (message.id !== undefined) say({ id: message.id, error: { code: -32601, message: 'no such method' } })
})
