import { runtime } from '../runtime'

/** Times each stage of one call for `/metrics`. */
export type Stopwatch = ReturnType<typeof stopwatch>

export function stopwatch() {
  const startedAt = performance.now()
  const { stage } = runtime().metrics
  let last = startedAt
  return {
    startedAt,
    lap(name: string): void {
      const now = performance.now()
      stage.observe(name, (now - last) / 1000)
      last = now
    },
  }
}
