import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { compose, createStops } from '../../compose'
import { contextOf } from '../../context'
import type { Give } from '../../db/review-schema'
import { readEnv } from '../../env'
import { codeOf, statusFor } from '../../errors'
import { revokeGrant } from '../../grants/revoke-grant'
import { createHttpServer } from '../../http'
import { createLog } from '../../log'
import { cancelReview } from '../../reviews/cancel-review'
import { counterReview } from '../../reviews/counter'
import { vote } from '../../reviews/vote'
import { publishPolicy } from '../../roles/publish'
import { runtime } from '../../runtime'
import type { Viewer } from '../../types'

// What startInstance runs.

/** Its first message. */
export type Hello = { port: number; id: string }
type Deed = {
  viewer: Omit<Viewer, 'groupsReadAt'>
  id: string
  verdict?: 'approve' | 'deny'
  give?: Give
  order?: number
  document?: unknown
}

const verbs: Record<string, (deed: Deed, viewer: Viewer) => Promise<unknown>> = {
  vote: ({ id, verdict = 'deny', give }, viewer) =>
    vote(contextOf(viewer), runtime().keys, { reviewId: id, verdict, ...(give === undefined ? {} : { give }) }),
  counter: ({ id, order = 0 }, viewer) => {
    const { keys, policy, connections } = runtime()
    const deciding = { keys, policy: policy.current(), connections: connections.list() }
    return counterReview(contextOf(viewer), deciding, { reviewId: id, arguments: { order } })
  },
  cancel: ({ id }, viewer) => cancelReview(contextOf(viewer), id),
  revoke: ({ id }, viewer) => revokeGrant(contextOf(viewer), id),
  publish: async ({ id, document }, viewer) => {
    const { number } = await publishPolicy(contextOf(viewer), { document, message: id, basedOn: null })
    await runtime().policy.refresh()
    return { number }
  },
  state: async () => {
    globalThis.gc?.()
    const longestMs = delay.max / 1e6
    delay.reset()
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
    return { longestMs, rss, heapUsed, arrayBuffers } satisfies State
  },
}

/** How long it did nothing else since it was last asked, and what it holds. */
export type State = { longestMs: number; rss: number; heapUsed: number; arrayBuffers: number }
const delay = monitorEventLoopDelay({ resolution: 10 })

async function act(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const verb = verbs[(req.url ?? '').replace('/do/', '')]
  let text = ''
  for await (const chunk of req) text += String(chunk)
  const deed = JSON.parse(text) as Deed
  try {
    const done = await verb?.(deed, { ...deed.viewer, groupsReadAt: new Date() })
    res.writeHead(200).end(JSON.stringify(done ?? {}))
  } catch (error) {
    const code = codeOf(error)
    res.writeHead(code === null ? 500 : statusFor(code)).end(String((error as Error).message))
  }
}

async function main(): Promise<void> {
  const log = createLog('fatal')
  delay.enable()
  const stops = createStops(log)
  const env = readEnv(process.env)
  const { HOLD_MS } = process.env
  await compose(HOLD_MS === undefined ? env : { ...env, holdSeconds: Number(HOLD_MS) / 1000 }, log, stops)
  const server = createHttpServer({ runtime: runtime(), issuer: null, page: act, pageUpgrade: null, fast: true })
  server.listen(Number(process.env.LISTEN_PORT ?? 0), '127.0.0.1')
  await once(server, 'listening')
  const end = async () => {
    server.closeAllConnections()
    await stops.all()
    process.exit(0)
  }
  process.once('SIGTERM', end)
  process.once('disconnect', () => process.exit(1))
  process.send?.({ port: (server.address() as AddressInfo).port, id: runtime().instanceId } satisfies Hello)
}

await main()
