import { setTimeout as sleep } from 'node:timers/promises'
import { readEvents } from '../../server/mcp/sse'
import { newTag, spread, type World } from './world'

/** `bareMs`: a request that does nothing, between the others: what this machine adds to any step. */
export type Latency = { pushMs: number[]; cardMs: number[]; clickMs: number[]; bareMs: number[]; perSecond: number }

const perPrincipal = 20

/** So many questions wait, twenty of each caller. */
export async function fillInbox({ call, token }: World, pending: number): Promise<void> {
  await spread(pending / perPrincipal, 4, async (n) => {
    const bearer = await token(`waiting-${n}`)
    for (let k = 0; k < perPrincipal; k += 1) {
      const { body } = await call(n + k, bearer, 'write', newTag(), 'told')
      const text = await body.text()
      if (!text.includes('input_required')) throw new Error(`a question was not opened: ${text.slice(0, 200)}`)
    }
  })
}

/**
 * From a call to the push in an inbox of another instance, and to the list that holds its card; from the click at a third
 * instance to the call at the target. One after another.
 */
export async function measureLatency(world: World, rounds: number): Promise<Latency> {
  const latency: Latency = { pushMs: [], cardMs: [], clickMs: [], bareMs: [], perSecond: 0 }
  const inbox = await openInbox(world, 1)
  const others = await Promise.all([0, 2].map((at) => openInbox(world, at)))
  const begunAt = performance.now()
  for (let n = 0; n < rounds; n += 1) {
    const bearer = await world.token(`caller-${n % 50}`)
    const tag = newTag()
    const startedAt = performance.now()
    const { body } = await world.call(0, bearer, 'write', tag, 'held')
    const events = readEvents(body, 1_000_000)[Symbol.asyncIterator]()
    const review = await reviewOf(events)
    const { pushed, shown } = await inbox.card(review)
    latency.pushMs.push(pushed - startedAt)
    latency.cardMs.push(shown - startedAt)
    const clickedAt = performance.now()
    const vote = { method: 'POST' as const, body: '{"verdict":"approve"}' }
    const { statusCode, body: said } = await world.ask(2, `/api/reviews/${review}/votes`, vote)
    if (statusCode !== 200) throw new Error(`a vote was refused: ${await said.text()}`)
    await said.dump()
    for (let event = await events.next(); event.done !== true; event = await events.next());
    latency.clickMs.push((world.arrived.get(tag) ?? Number.NaN) - clickedAt)
    const bareAt = performance.now()
    await (await world.ask(n, '/healthz')).body.dump()
    latency.bareMs.push(performance.now() - bareAt)
    await sleep(20)
  }
  latency.perSecond = rounds / ((performance.now() - begunAt) / 1000)
  for (const one of [inbox, ...others]) one.close()
  return latency
}

async function reviewOf(events: AsyncIterator<{ data: string }>): Promise<string> {
  for (let event = await events.next(); event.done !== true; event = await events.next()) {
    const found = /\/reviews\/([0-9a-f-]{36})/.exec(event.value.data)?.[1]
    if (found !== undefined) return found
  }
  throw new Error('a call was not held')
}

/** As the page does: of what it hears it asks for the card, and a second later for what counts. */
async function openInbox({ ask }: World, at: number) {
  const pushed = new Map<string, number>()
  const shown = new Map<string, number>()
  let wake: () => void = () => {}
  let counting = false
  const show = async (id: string) => {
    const list = (await (await ask(at, `/api/reviews?state=pending&limit=1&id=${id}`)).body.json()) as { id: string }[]
    if (list[0]?.id === id && !shown.has(id)) shown.set(id, performance.now())
    wake()
  }
  const count = async () => {
    if (counting) return
    counting = true
    await sleep(1000)
    counting = false
    for (const path of ['/api/reviews/count', '/api/reviews/breaks']) await (await ask(at, path)).body.dump()
  }
  const { body } = await ask(at, '/api/events')
  const reading = async () => {
    for await (const { data } of readEvents(body, 1_000_000)) {
      const id = JSON.parse(data === '' ? '""' : data) as string
      if (!/^[0-9a-f-]{36}$/.test(id)) continue
      if (!pushed.has(id)) pushed.set(id, performance.now())
      void show(id).catch(() => {})
      void count().catch(() => {})
    }
  }
  reading().catch(() => {})
  return {
    async card(review: string) {
      while (!shown.has(review)) await new Promise<void>((done) => (wake = done))
      return { pushed: pushed.get(review) ?? Number.NaN, shown: shown.get(review) ?? Number.NaN }
    },
    close: () => void body.destroy(),
  }
}
