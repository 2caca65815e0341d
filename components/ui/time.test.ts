import { expect, test } from 'vitest'
import { exact, hourOf, relative } from './time'

const s = 1_000
const cases: [ms: number, words: string][] = [
  [0, 'now'],
  [-9 * s, 'now'],
  [-10 * s, '10 s ago'],
  [-59 * s, '59 s ago'],
  [-60 * s, '1 min ago'],
  [-3_599 * s, '59 min ago'],
  [-7_300 * s, '2 h ago'],
  [-90_000 * s, '1 d ago'],
  [45 * s, 'in 45 s'],
  [8.9 * 60 * s, 'in 8 min'],
]

for (const [ms, words] of cases)
  test(`${ms / s} s from now is ${words}`, () => expect(relative(1_000_000_000 + ms, 1_000_000_000)).toBe(words))

test('an exact time is one of a zone, and says which', () => {
  const at = Date.UTC(2026, 10, 30, 23, 5, 47)
  expect(exact(at, 'UTC')).toBe('30 Nov 2026, 23:05:47 UTC')
  expect(exact(at, 'Asia/Kolkata')).toBe('1 Dec 2026, 04:35:47 UTC+5:30')
  expect(hourOf(at, 'Asia/Kolkata')).toBe('04:35 UTC+5:30')
})
