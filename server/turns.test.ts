import { expect, test } from 'vitest'
import { Turns } from './turns'

/** Work that ends when it is told to, and how much of it runs. */
function works() {
  const ends: (() => void)[] = []
  const most = { now: 0, ever: 0 }
  const work = async () => {
    most.now += 1
    most.ever = Math.max(most.ever, most.now)
    await new Promise<void>((end) => ends.push(end))
    most.now -= 1
  }
  return { work, most, ends }
}
const settle = () => new Promise((wait) => setTimeout(wait, 5))

test('of one person one runs at a time, and others run beside it', async () => {
  const turns = new Turns(3)
  const [mine, other] = [works(), works()]
  const all = [...Array.from({ length: 4 }, () => turns.take('alice', mine.work)), turns.take('bob', other.work)]
  await settle()
  expect([mine.most.now, other.most.now]).toEqual([1, 1])
  other.ends.shift()?.()
  for (let n = 0; n < 4; n += 1) {
    await settle()
    mine.ends.shift()?.()
  }
  await Promise.all(all)
  expect(mine.most.ever).toBe(1)
})

test('of all people so many run at once, and each that ends lets the next one in', async () => {
  const turns = new Turns(2)
  const { work, most, ends } = works()
  const all = Array.from({ length: 7 }, (_, n) => turns.take(`person ${n}`, work))
  for (let n = 0; n < 7; n += 1) {
    await settle()
    ends.shift()?.()
  }
  await Promise.all(all)
  expect(most.ever).toBe(2)
  await Promise.all([turns.take('a', async () => {}), turns.take('b', async () => {})])
})

test('what fails makes room, and fails for nobody else', async () => {
  const turns = new Turns(1)
  const failing = turns.take('alice', () => Promise.reject(new Error('no')))
  const after = turns.take('alice', async () => 'done')
  await expect(failing).rejects.toThrow('no')
  expect(await after).toBe('done')
})

test('one person has ten under way at most', async () => {
  const turns = new Turns(3)
  const { work, ends } = works()
  const ten = Array.from({ length: 10 }, () => turns.take('alice', work))
  await expect(turns.take('alice', work)).rejects.toMatchObject({ code: 'too-many' })
  for (let n = 0; n < 10; n += 1) {
    await settle()
    ends.shift()?.()
  }
  await Promise.all(ten)
  expect(await turns.take('alice', async () => 'again')).toBe('again')
})
