import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { noteTime, turn } from './long-messages'

const busy = (ms: number) => {
  const end = performance.now() + ms
  while (performance.now() < end);
}

/** How long somebody else waits at worst, who needs five turns of the process, while twenty messages are looked into. */
async function othersWait(length: number, principal: string): Promise<{ worstMs: number; order: number[] }> {
  let going = true
  const waits: number[] = []
  const others = (async () => {
    while (going) {
      const at = performance.now()
      for (let step = 0; step < 5; step += 1) await wait(0)
      waits.push(performance.now() - at)
    }
  })()
  const order: number[] = []
  const long = Array.from({ length: 20 }, async (_, n) => {
    await turn(length, principal)
    busy(15)
    order.push(n)
  })
  await Promise.all(long)
  going = false
  await others
  return { worstMs: Math.max(...waits), order }
}

test('however many long messages come at once, others are served between any two of them', async () => {
  const { worstMs, order } = await othersWait(100_000, 'alice')
  expect(order, 'first come, first served').toEqual(Array.from({ length: 20 }, (_, n) => n))
  expect(worstMs).toBeLessThan(150)
})

test('so are the short ones of somebody whose messages took long, and of nobody else', async () => {
  expect(turn(200, 'mallory')).toBe(null)
  noteTime('mallory', 5)
  expect(turn(200, 'mallory')).toBe(null)
  noteTime('mallory', 90)
  expect(turn(200, 'alice')).toBe(null)
  expect((await othersWait(200, 'mallory')).worstMs).toBeLessThan(150)
})

test('one person with many waits, and others with one do not wait for all of them', async () => {
  await wait(100)
  const order: string[] = []
  const ask = async (who: string) => {
    await turn(100_000, who)
    busy(2)
    order.push(who)
  }
  await Promise.all(['m', 'm', 'm', 'm', 'm', 'alice', 'bob', 'alice'].map(ask))
  expect(order).toEqual(['m', 'm', 'alice', 'bob', 'm', 'alice', 'm', 'm'])
})

test('a message that comes alone waits for nothing', async () => {
  await wait(100)
  const at = performance.now()
  await turn(100_000, 'alice')
  expect(performance.now() - at).toBeLessThan(20)
})
