import { expect, test } from 'vitest'
import { oneLook } from './one-look'

/** Looks at `value` when it begins, and ends when it is told to. */
function looking() {
  const state = { value: 0, seen: [] as number[], ends: [] as (() => void)[], fail: false }
  const refresh = oneLook(async () => {
    const { value, fail } = state
    await new Promise<void>((end) => state.ends.push(end))
    if (fail) throw new Error('no')
    state.seen.push(value)
  })
  return { state, refresh }
}
const turn = () => new Promise((done) => setImmediate(done))

test('who asks during a look gets one that began after they asked, together with the others', async () => {
  const { state, refresh } = looking()
  const first = refresh()
  state.value = 1
  const later = [refresh(), refresh()]
  await turn()
  expect(state.ends.length).toBe(1)
  state.ends[0]?.()
  await first
  await turn()
  expect(state.ends.length).toBe(2)
  state.ends[1]?.()
  await Promise.all(later)
  expect(state.seen).toEqual([0, 1])
})

test('a look that fails fails for those who waited for it, and not for the next', async () => {
  const { state, refresh } = looking()
  state.fail = true
  const first = expect(refresh()).rejects.toThrow('no')
  state.fail = false
  const second = refresh()
  state.ends[0]?.()
  await first
  await turn()
  state.ends[1]?.()
  await second
  expect(state.seen).toEqual([0])
})
