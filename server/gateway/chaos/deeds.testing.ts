import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import type { Give } from '../../db/review-schema'
import { callers, leads, tools, type World } from './world.testing'

/** What the run knows beforehand: which instances live, and which questions were asked. Everything else the verdict tells. */
export type Model = { up: boolean[]; asked: boolean; steps: number; kills: number; killsMax: number; orders: number }

type Deed = fc.AsyncCommand<Model, World>

const deed = (
  name: string,
  check: (model: Model) => boolean,
  run: (model: Model, world: World) => Promise<void>,
): Deed => ({
  check,
  run: async (model, world) => {
    model.steps += 1
    await run(model, world)
  },
  toString: () => name,
})

const anyUp = (model: Model) => model.up.some(Boolean)
const both = (model: Model) => anyUp(model) && model.asked
/** The first instance that lives, from `at` on. */
const live = ({ up }: Model, at: number) => {
  const found = up.map((_, n) => (at + n) % up.length).find((n) => up[n])
  return found ?? 0
}

/** A moment in which a request may or may not get somewhere. */
const breathe = fc.integer({ min: 0, max: 12 })
const place = fc.nat(2)
const caller = fc.constantFrom(...callers)
const order = fc.nat(3)
const tool = fc.constantFrom(...tools)
const era = fc.constantFrom('legacy' as const, 'modern' as const, 'task' as const)
const lead = fc.constantFrom(...leads, ...callers)
const which = fc.nat(1000)
const gives: Give[] = [
  { scope: 'call', times: 3 },
  { scope: 'call', minutes: 5 },
  { scope: 'tool', minutes: 5, times: 2 },
  { scope: 'tool', minutes: 5, times: 2, when: 'args.order >= 0' },
]
const verdict = fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'deny' as const)

/** One of the newest that wait. On a slow machine the calls may not be there yet, and a vote on nothing tells nothing. */
async function pending({ pool }: World, at: number): Promise<string | null> {
  for (let look = 0; look < 5; look += 1) {
    const { rows } = await pool.query(
      `select id from reviews where state = 'pending' order by created_at desc limit 12`,
    )
    if (rows.length > 0) return rows[at % rows.length].id
    await sleep(30)
  }
  return null
}

async function liveGrant({ pool }: World, at: number): Promise<{ id: string; caller: string } | null> {
  const { rows } = await pool.query(
    `select id, principal as caller from grants where revoked_at is null and (max_uses is null or used < max_uses) order by created_at desc limit 6`,
  )
  return rows[at % Math.max(rows.length, 1)] ?? null
}

const calling = fc.tuple(caller, tool, order, place, era, fc.integer({ min: 1, max: 3 }), breathe).map((parts) => {
  const [who, what, number, at, how, times, wait] = parts
  return deed(`call ${parts}`, anyUp, async (model, world) => {
    model.asked = true
    const orders = model.orders + number
    for (let n = 0; n < times; n += 1) await world.call(who, what, orders, live(model, at + n), how)
    await sleep(wait)
  })
})

const voting = fc
  .tuple(fc.array(fc.tuple(lead, verdict, place), { minLength: 1, maxLength: 3 }), which, breathe)
  .map((parts) => {
    const [votes, at, wait] = parts
    return deed(`vote ${parts}`, both, async (model, world) => {
      const id = await pending(world, at)
      if (id === null) return
      await Promise.all(
        votes.map(([person, say, n]) => world.act(live(model, n), 'vote', person, id, { verdict: say })),
      )
      await sleep(wait)
    })
  })

/** More than once, for a time, or every call of the tool; calls race for the uses. */
const giving = fc.tuple(lead, which, place, fc.constantFrom(...gives), fc.nat(3), era).map((parts) => {
  const [person, at, n, give, more, how] = parts
  return deed(`give ${person} ${at} ${n} ${JSON.stringify(give)} ${more}`, both, async (model, world) => {
    const id = await pending(world, at)
    if (id === null) return
    const call = world.sent.find(({ review }) => review === id)
    const racing = () =>
      call === undefined ? null : world.call(call.caller, call.tool, call.order + (n % 2), live(model, n), how)
    await Promise.all([
      world.act(live(model, n), 'vote', person, id, { verdict: 'approve', give }),
      ...Array.from({ length: more }, racing),
    ])
  })
})

/** Other arguments in place of the ones asked for, while others vote; the caller tries what it was offered. */
const countering = fc.tuple(lead, which, place, order, lead).map((parts) => {
  const [person, at, n, number, other] = parts
  return deed(`counter ${parts}`, both, async (model, world) => {
    const id = await pending(world, at)
    if (id === null) return
    const offered = model.orders + number
    const vote = world.act(live(model, n + 1), 'vote', other, id, { verdict: 'approve' })
    await Promise.all([world.act(live(model, n), 'counter', person, id, { order: offered }), vote])
    const call = world.sent.find(({ review }) => review === id)
    if (call !== undefined) await world.call(call.caller, call.tool, offered, live(model, n), 'modern')
  })
})

/** The end of a question, or of a grant, meets an approval or a use. */
const ending = fc.tuple(which, place, lead, fc.constantFrom('reviews', 'grants')).map((parts) => {
  const [at, n, person, table] = parts
  return deed(`end ${parts}`, both, async (model, world) => {
    const id = table === 'reviews' ? await pending(world, at) : ((await liveGrant(world, at))?.id ?? null)
    if (id === null) return
    const column = table === 'reviews' ? 'expires_at' : 'ends_at'
    const over = world.pool.query(`update ${table} set ${column} = clock_timestamp() where id = $1`, [id])
    const vote = table === 'reviews' ? world.act(live(model, n), 'vote', person, id, { verdict: 'approve' }) : null
    await Promise.all([over, vote])
  })
})

const cancelling = fc.tuple(which, place, caller).map((parts) => {
  const [at, n, person] = parts
  return deed(`cancel ${parts}`, both, async (model, world) => {
    const id = await pending(world, at)
    if (id !== null) await world.act(live(model, n), 'cancel', person, id)
  })
})

/** An approval, the calls it lets through, and its revocation, all at once. */
const revoking = fc.tuple(which, place, lead).map((parts) => {
  const [at, n, person] = parts
  return deed(`revoke ${parts}`, both, async (model, world) => {
    const id = await pending(world, at)
    const vote = id === null ? null : world.act(live(model, n), 'vote', person, id, { verdict: 'approve' })
    const grant = await liveGrant(world, at)
    if (grant !== null) await world.act(live(model, n + 1), 'revoke', 'admin', grant.id)
    await vote
  })
})

/** The approver was faster than the client: the identical call comes again. */
const again = fc.tuple(which, place, era).map((parts) => {
  const [at, n, how] = parts
  return deed(`again ${parts}`, both, async (model, world) => {
    const old = world.sent.filter(({ order }) => order >= model.orders)
    const call = old[at % Math.max(old.length, 1)]
    if (call !== undefined) await world.call(call.caller, call.tool, call.order, live(model, n), how)
  })
})

const dropping = which.map((at) =>
  deed(`drop ${at}`, both, async (_, world) => {
    const waiting = world.sent.filter(({ end }) => end === 'waits')
    waiting[at % Math.max(waiting.length, 1)]?.drop()
  }),
)

/** Its call is let through and has come to the target; then its caller leaves, and comes again, perhaps through another door. */
const leaving = fc.tuple(which, place, fc.boolean()).map((parts) => {
  const [at, n, twice] = parts
  return deed(`leave ${parts}`, both, async (model, world) => {
    const id = await pending(world, at)
    const call = world.sent.find(({ review, how, end }) => review === id && how !== 'task' && end === 'waits')
    if (id === null || call === undefined) return
    await Promise.all(leads.slice(0, 2).map((lead) => world.act(live(model, n), 'vote', lead, id, approve)))
    for (let look = 0; look < 100 && call.end === 'waits' && !world.target.effects.has(call.tag); look += 1)
      await sleep(1)
    call.drop()
    const again = () => world.call(call.caller, call.tool, call.order, live(model, n + 1), call.how)
    await Promise.all(twice ? [again(), again()] : [again()])
  })
})
const approve = { verdict: 'approve' as const }

/** In the middle: of an approval, and of the calls that it lets through. */
const killing = fc.tuple(place, which, lead, fc.integer({ min: 0, max: 30 })).map((parts) => {
  const [at, asked, person, wait] = parts
  const may = (model: Model) => model.kills < model.killsMax && model.up.filter(Boolean).length > 1
  return deed(`kill ${parts}`, may, async (model, world) => {
    const victim = live(model, at)
    model.up[victim] = false
    model.kills += 1
    const id = await pending(world, asked)
    const vote = id === null ? null : world.act(victim, 'vote', person, id, { verdict: 'approve' })
    await sleep(wait)
    await world.kill(victim)
    await vote
  })
})

const starting = place.map((at) =>
  deed(
    `start ${at}`,
    (model) => model.up.some((up) => !up),
    async (model, world) => {
      const found = model.up.map((_, n) => (at + n) % model.up.length).find((n) => !model.up[n]) ?? 0
      await world.start(found)
      model.up[found] = true
    },
  ),
)

/** What happens, how often. */
export const deeds = (most: number) =>
  fc.commands(
    [
      ...[calling, voting, calling, voting, voting, giving, giving, countering, ending, cancelling],
      ...[revoking, again, again, dropping, leaving, leaving, killing, starting],
    ],
    {
      maxCommands: most,
      size: 'max',
    },
  )
