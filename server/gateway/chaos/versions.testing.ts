import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { host, type World } from './world.testing'

/** One call and what its caller was told; `other` is anything but the two that a policy can say. */
export type Told = {
  order: number
  at: number
  sentAt: number
  answeredAt: number
  end: 'allowed' | 'denied' | 'other'
  said: string
}
/** Milliseconds until the first call in each process that says what the version says; Infinity when none does. */
export type Published = { number: number; answeredAt: number; fromRequest: number[]; fromAnswer: number[] }
export type Followed = { told: Told[]; published: Published[] }

const loops = 2
const waitMs = 20_000

const policy = (effect: 'allow' | 'deny') => ({
  roles: [
    {
      name: 'support',
      members: [{ claim: 'groups', value: 'support' }],
      rules: [
        { id: 'others', effect: 'allow', connections: ['target'], resources: ['bulk'] },
        { id: 'toggled', effect, connections: ['target'], resources: ['write'] },
      ],
    },
  ],
  masks: [],
})

/** Steady calls in every process while one of them publishes versions that let a tool through and deny it in turn. */
export async function followVersions(world: World, versions: number): Promise<Followed> {
  const told: Told[] = []
  const published: Published[] = []
  const token = await world.token('alice')
  const places = world.instances.map((_, at) => at)
  const publish = async (effect: 'allow' | 'deny') => {
    const status = await world.act(0, 'publish', 'admin', `${effect} it`, { document: policy(effect) })
    if (status !== 200) throw new Error(`a version could not be published: ${status}`)
  }
  // The world's own policy asks people.
  await publish('deny')
  let orders = 0
  let over = false
  const loop = async (at: number) => {
    while (!over) {
      orders += 1
      told.push(await callOnce(world.instances[at]?.url ?? '', token, orders, at))
    }
  }
  const running = places.flatMap((at) => Array.from({ length: loops }, () => loop(at)))
  for (let n = 0; n < versions; n += 1) {
    const effect = n % 2 === 0 ? 'allow' : 'deny'
    const askedAt = performance.now()
    await publish(effect)
    const answeredAt = performance.now()
    const { rows } = await world.pool.query('select max(number) as number from policy_versions')
    const end = effect === 'allow' ? 'allowed' : 'denied'
    const firsts = await Promise.all(
      places.map((at) => first(told, (call) => call.at === at && call.end === end && call.answeredAt > askedAt)),
    )
    published.push({
      ...{ number: rows[0].number, answeredAt },
      fromRequest: firsts.map((seenAt) => seenAt - askedAt),
      fromAnswer: firsts.map((seenAt) => Math.max(0, seenAt - answeredAt)),
    })
    if (!firsts.every(Number.isFinite)) break
    // Calls under the version, before the next.
    await sleep(30)
  }
  over = true
  await Promise.all(running)
  return { told, published }
}

async function first(told: Told[], which: (call: Told) => boolean): Promise<number> {
  const end = performance.now() + waitMs
  for (let from = 0; performance.now() < end; await sleep(1)) {
    for (; from < told.length; from += 1) if (which(told[from]!)) return told[from]!.answeredAt
  }
  return Number.POSITIVE_INFINITY
}

async function callOnce(url: string, token: string, order: number, at: number): Promise<Told> {
  const sentAt = performance.now()
  const said = await request(`${url}/mcp/target`, {
    method: 'POST',
    signal: AbortSignal.timeout(waitMs),
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
      host,
    },
    body: JSON.stringify({
      ...{ jsonrpc: '2.0', id: order, method: 'tools/call' },
      params: { name: 'write', arguments: { order } },
    }),
  })
    .then(async ({ statusCode, body }) => `${statusCode} ${await body.text()}`)
    .catch((error: Error) => `broke off: ${error.message}`)
  return { order, at, sentAt, answeredAt: performance.now(), end: endOf(said), said: said.slice(0, 300) }
}

function endOf(said: string): Told['end'] {
  if (said.startsWith('200 ') && said.includes('"text":"done ')) return 'allowed'
  return said.startsWith('200 ') && said.includes('access denied') ? 'denied' : 'other'
}
