import { afterAll, beforeAll, expect, test } from 'vitest'
import { runDeeds } from './run.testing'
import { startWorld, type World } from './world.testing'

const soak = process.env.SOAK === '1'
const seed = Number(process.env.FC_SEED ?? 20_261_123)
let world: World

beforeAll(async () => {
  world = await startWorld(3)
})
afterAll(() => world?.stop())

test('promise 5: whatever happens to callers, approvers and instances, nothing is lost and nothing runs twice', {
  timeout: soak ? 3_600_000 : 240_000,
}, async () => {
  const ran = await runDeeds(world, soak ? { steps: 10_000, kills: 100, seed } : { steps: 250, kills: 4, seed })
  expect(ran.problems).toEqual([])
  expect(ran.effects).toBeGreaterThan(5)
  console.info(JSON.stringify({ ...ran, problems: ran.problems.length }))
})
