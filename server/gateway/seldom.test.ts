import { afterEach, expect, test, vi } from 'vitest'
import { seldom } from './seldom'

afterEach(() => void vi.useRealTimers())

test('the same failure is said once in a while, with how often it was not; another one at once', () => {
  vi.useFakeTimers()
  const said: [string, number][] = []
  const saying = seldom((error, _, more) => said.push([(error as Error).message, more]))
  const say = (error: Error) => saying(error, 'shop')
  const gone = (n: number) => Object.assign(new Error(`gone ${n}`), { code: 'unavailable' })
  for (let n = 0; n < 100; n += 1) say(gone(n))
  say(new Error('a defect'))
  say(new Error('a defect'))
  say(new Error('another'))
  vi.advanceTimersByTime(6_000)
  say(gone(100))
  for (let n = 0; n < 3; n += 1) say(gone(n))
  vi.advanceTimersByTime(6_000)
  say(gone(101))
  expect(said).toEqual([
    ['gone 0', 0],
    ['a defect', 0],
    ['another', 0],
    ['gone 100', 0],
    ['gone 101', 3],
  ])
})
