import { newTag, residentKb, spread, type World } from './world'

export type Held = {
  calls: number
  kbEach: number
  freeMs: number[]
  meanwhileMs: number[]
  finished: number
  openMs: number
  approveMs: number
}

const perPrincipal = 20
const readers = 8

/** So many calls are held at once; what other calls take meanwhile, and that all of them end when they are approved. */
export async function measureHeld(
  world: World,
  calls: number,
  readMs: number,
  meanwhile: (held: Omit<Held, 'finished' | 'approveMs'>) => void,
): Promise<Held> {
  const reader = await world.token('reader')
  await reads(world, reader, readMs)
  const freeMs = await reads(world, reader, readMs)
  const before = residentKb(world)
  const openedAt = performance.now()
  const ends: { end: Promise<boolean> }[] = []
  const reviews: string[] = []
  await spread(calls / perPrincipal, 24, async (n) => {
    const bearer = await world.token(`held-${n}`)
    for (let k = 0; k < perPrincipal; k += 1) {
      const { body } = await world.call(n + k, bearer, 'write', newTag(), 'held')
      ends.push(await held(body, reviews))
      if (ends.length % 1000 === 0) say(`${ends.length} held after`, openedAt)
    }
  })
  const openMs = performance.now() - openedAt
  const kbEach = (residentKb(world) - before) / calls
  const meanwhileMs = await reads(world, reader, readMs)
  const sofar = { calls, kbEach, freeMs, meanwhileMs, openMs }
  meanwhile(sofar)
  const startedAt = performance.now()
  await spread(reviews.length, 16, async (n) => {
    await world.approve(reviews[n] ?? '')
    if (n % 1000 === 999) say(`${n + 1} approved after`, startedAt)
  })
  const finished = (await Promise.all(ends.map(({ end }) => end))).filter(Boolean).length
  return { ...sofar, finished, approveMs: performance.now() - startedAt }
}

const say = (what: string, since: number) =>
  process.stdout.write(`  ${what} ${((performance.now() - since) / 1000).toFixed(0)} s\n`)

type Body = Awaited<ReturnType<World['call']>>['body']

/** Resolves when the call is held; `end` tells whether it ran. */
async function held(body: Body, reviews: string[]): Promise<{ end: Promise<boolean> }> {
  let text = ''
  let isHeld: () => void = () => {}
  const told = new Promise<void>((done) => (isHeld = done))
  const end = (async () => {
    for await (const chunk of body) {
      text = text.slice(-2000) + String(chunk)
      const review = /\/reviews\/([0-9a-f-]{36})/.exec(text)?.[1]
      if (review === undefined) continue
      isHeld()
      if (!known.has(review)) reviews.push(review)
      known.add(review)
    }
    isHeld()
    return text.includes('"done"')
  })()
  await told
  return { end }
}
const known = new Set<string>()

async function reads(world: World, token: string, forMs: number): Promise<number[]> {
  const latencies: number[] = []
  const until = performance.now() + forMs
  await spread(readers, readers, async (n) => {
    while (performance.now() < until) {
      const startedAt = performance.now()
      const { body } = await world.call(n, token, 'read', newTag(), 'held')
      await body.text()
      latencies.push(performance.now() - startedAt)
    }
  })
  return latencies
}
