import { beforeAll, expect, test } from 'vitest'
import { readEnv } from '../env'
import { type Runtime, setRuntime } from '../runtime'
import { Load } from './load'

const megabyte = 2 ** 20
/** Of ten requests, 160 KB each. */
const most = 1_600 * 1024

beforeAll(() => setRuntime({ env: readEnv({ CALLS_AT_ONCE: '10' }) } as Runtime))

const over = (load: Load) => {
  load.end()
  load.end()
}

test('what one person has under way weighs together, and nobody else feels it', () => {
  const [first, second, third] = [new Load('alice'), new Load('alice'), new Load('alice')]
  expect(first.mayBe(megabyte)).toBe(true)
  expect(second.mayBe(megabyte)).toBe(false)
  expect(second.isTooMuch).toBe(true)
  expect(third.mayBe(most - megabyte)).toBe(true)
  const other = new Load('bob')
  expect(other.mayBe(megabyte)).toBe(true)
  for (const load of [first, second, third, other]) over(load)
})

test('one by itself may be as large as any, and what is light is not weighed', () => {
  const large = new Load('alice')
  expect(large.mayBe(4 * megabyte)).toBe(true)
  expect(new Load('alice').mayBe(64 * 1024)).toBe(true)
  expect(new Load('alice').mayBe(64 * 1024 + 1)).toBe(false)
  over(large)
})

test('a body weighs what it has grown to, once', () => {
  const growing = new Load('alice')
  for (const bytes of [megabyte / 2, megabyte, megabyte, megabyte / 2]) expect(growing.mayBe(bytes)).toBe(true)
  const rest = new Load('alice')
  expect(rest.mayBe(most - megabyte)).toBe(true)
  expect(growing.mayBe(megabyte + 1)).toBe(false)
  for (const load of [growing, rest]) over(load)
})

test('it weighs until both its work and its request have ended', () => {
  const load = new Load('alice')
  expect(load.mayBe(megabyte)).toBe(true)
  load.end()
  expect(new Load('alice').mayBe(megabyte)).toBe(false)
  load.end()
  const next = new Load('alice')
  expect(next.mayBe(megabyte)).toBe(true)
  over(next)
})
