import fc from 'fast-check'
import { until } from '../../db/testing'
import { deeds, type Model } from './deeds.testing'
import { judge, type Verdict } from './verdict.testing'
import { leads, type World } from './world.testing'

export type Ran = Verdict & { steps: number; kills: number }
export type Terms = { steps: number; kills: number; seed: number }

const roundMax = 100

/** Rounds of random deeds on one world until there were enough steps; then everything is let come to its end, and judged. */
export async function runDeeds(world: World, { steps, kills, seed }: Terms): Promise<Ran> {
  const model: Model = { up: world.instances.map(() => true), asked: false, steps: 0, kills: 0, killsMax: 0, orders: 0 }
  for (let round = 0; model.steps < steps || model.kills < kills; round += 1) {
    if (round > steps + kills * 10) throw new Error('the deeds come to no end')
    model.asked = false
    model.orders = round * 10
    // Kills are spread over the run.
    model.killsMax = Math.ceil((kills * Math.min(model.steps + roundMax, steps)) / steps)
    const property = fc.asyncProperty(deeds(Math.min(roundMax, steps)), (commands) =>
      fc.asyncModelRun(() => ({ model, real: world }), commands),
    )
    await fc.assert(property, { numRuns: 1, seed: seed + round, endOnFailure: true })
    await settle(world)
  }
  await reviveAll(world, model)
  const lost = await redeem(world)
  await allClosed(world)
  const verdict = await judge(world)
  return { ...verdict, problems: [...lost, ...verdict.problems], steps: model.steps, kills: model.kills }
}

/** Denies what is left and lets every held call come to its end: a call whose question is settled must not wait on. */
async function settle(world: World): Promise<void> {
  const at = world.instances.findIndex((instance) => instance !== null)
  const waiting = () => world.sent.filter(({ end }) => end === 'waits')
  await until(async () => {
    const { rows } = await world.pool.query(`select id from reviews where state = 'pending'`)
    // Who has approved one already cannot deny it.
    for (const { id } of rows) for (const lead of leads) await world.act(at, 'vote', lead, id, { verdict: 'deny' })
    return rows.length === 0 && waiting().length === 0
  }).catch((error: Error) => {
    throw new Error(`calls wait on although all is settled: ${JSON.stringify(waiting())}`, { cause: error })
  })
}

const closedWithinMs = 75_000

/** What dead instances left open is closed by one that has been there itself for 20 s, at its next look; the verdict names the rest. */
async function allClosed({ pool }: World): Promise<void> {
  const end = Date.now() + closedWithinMs
  for (;;) {
    const { rows } = await pool.query(
      `select from entries e where e.kind = 'call' and e.outcome = '' and not exists
         (select from entries r where r.call_id = e.id and r.kind = 'reply') limit 1`,
    )
    if (rows.length === 0 || Date.now() > end) return
    await new Promise((wait) => setTimeout(wait, 500))
  }
}

/** All instances live again. */
async function reviveAll(world: World, model: Model): Promise<void> {
  await world.kill(0)
  for (const [at] of model.up.entries()) await world.start(at)
}

/** Nothing is lost: whatever was approved and not used yet lets the identical call through, on any instance, once. */
async function redeem(world: World): Promise<string[]> {
  const { rows } = await world.pool.query(
    `select g.id, g.principal as caller, r.resource ->> 'id' as tool, (r.arguments_masked::jsonb ->> 'order')::int as order
     from grants g join reviews r on r.id = g.review_id
     where revoked_at is null and (max_uses is null or used < max_uses) and ends_at > now()`,
  )
  const problems: string[] = []
  for (const [at, { id, caller, tool, order }] of rows.entries()) {
    const call = await world.call(caller, tool, order, at % world.instances.length, 'modern')
    const end = setTimeout(() => call.drop(), 10_000)
    await call.done
    clearTimeout(end)
    if (call.end !== 'ran') problems.push(`grant ${id} was given, not used, and lets nothing through: ${call.said}`)
  }
  return problems
}
