import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Followed, followVersions, type Told } from './versions.testing'
import { startWorld, type World } from './world.testing'

/** A second is what is promised; only a machine with nothing else to do can be held to it. */
const withinMs = process.env.SOAK === '1' ? 1_000 : Number.POSITIVE_INFINITY
const size = 3
const versions = 20
let world: World
let followed: Followed

beforeAll(async () => {
  world = await startWorld(size)
  followed = await followVersions(world, versions)
})
afterAll(() => world?.stop())

test('a new version decides in every process soon after its publishing', () => {
  const { published } = followed
  const times = published.flatMap(({ fromAnswer }) => fromAnswer)
  expect(Math.max(...times)).toBeLessThan(withinMs)
  expect(times).toHaveLength(versions * size)
  const spread = (kind: 'fromRequest' | 'fromAnswer', at: number) => {
    const sorted = published.map((one) => one[kind][at] ?? Number.NaN).sort((a, b) => a - b)
    return { median: Math.round(sorted[versions / 2] ?? 0), worst: Math.round(sorted.at(-1) ?? 0) }
  }
  const perProcess = Array.from({ length: size }, (_, at) => at).map((at) => ({
    request: spread('fromRequest', at),
    answer: spread('fromAnswer', at),
  }))
  console.info(JSON.stringify({ calls: followed.told.length, perProcess }))
})

test('no call is dropped meanwhile: each is let through or denied', () => {
  const { told } = followed
  expect(told.filter(({ end }) => end === 'other').slice(0, 5)).toEqual([])
  // Both kinds, in each process, under every version.
  for (let at = 0; at < size; at += 1)
    for (const end of ['allowed', 'denied'])
      expect(told.filter((call) => call.at === at && call.end === end).length).toBeGreaterThanOrEqual(versions / 2)
})

test('whoever calls after the answer to the publisher is decided by what was published, in any process', async () => {
  const { published, told } = followed
  const decided = await decidedBy(told)
  expect(decided).toHaveLength(told.length)
  const late = decided.filter(({ call, version }) =>
    published.some(({ number, answeredAt }) => call.sentAt > answeredAt && version < number),
  )
  expect(late.slice(0, 5)).toEqual([])
  const first = published[0]?.number ?? 0
  // What a version says alternates, so an answer tells which kind of version it came of.
  const wrong = decided.filter(
    ({ call, version }) => version >= first && call.end !== ((version - first) % 2 === 0 ? 'allowed' : 'denied'),
  )
  expect(wrong.slice(0, 5)).toEqual([])
})

test('no process goes back to an older version', async () => {
  const { rows } = await world.pool.query(
    `select chain, count(*)::int as back from (
       select chain, policy_version < max(policy_version) over (partition by chain order by seq) as older
       from entries where kind in ('call', 'refusal')) e where older group by chain`,
  )
  expect(rows).toEqual([])
  const { rows: chains } = await world.pool.query(
    `select chain, count(distinct policy_version)::int as versions from entries where kind in ('call', 'refusal') group by chain`,
  )
  expect(chains).toHaveLength(size)
  for (const chain of chains) expect(chain.versions).toBeGreaterThanOrEqual(versions)
})

async function decidedBy(told: Told[]): Promise<{ call: Told; version: number }[]> {
  const { rows } = await world.pool.query(
    `select body::jsonb #>> '{arguments,order}' as "order", policy_version as version from entries
     where kind in ('call', 'refusal')`,
  )
  const versionOf = new Map(rows.map((row) => [Number(row.order), row.version as number]))
  return told.flatMap((call) => {
    const version = versionOf.get(call.order)
    return version === undefined ? [] : [{ call, version }]
  })
}
