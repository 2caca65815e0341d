import { setImmediate as nextTurn, setTimeout as rest } from 'node:timers/promises'

/** Shorter messages take no time that anybody else could feel, unless they are of somebody whose messages did. */
const longFrom = 8_192
const slowFromMs = 20
const slowForMs = 10_000
const slowMax = 1_000
const restMaxMs = 250

const slow = new Map<string, number>()
/** Who waits, next first: each person has one turn, then everybody else who waits. */
const waiting = new Map<string, (() => void)[]>()
let serving = false

/**
 * Looking into one message (a statement of a hundred thousand characters, conditions over thousands of arguments) can take a
 * tenth of a second, in which nobody is served. Such messages come one after another, and as long as one took, what else is
 * there is served before the next. Null when there is nothing to wait for.
 */
export function turn(length: number, principal: string): Promise<void> | null {
  if (length < longFrom && !(slow.size > 0 && isSlow(principal))) return null
  return new Promise((go) => {
    const mine = waiting.get(principal)
    if (mine === undefined) waiting.set(principal, [go])
    else mine.push(go)
    if (!serving) void serve()
  })
}

async function serve(): Promise<void> {
  serving = true
  for (const [principal, [go, ...others]] of waiting) {
    // Behind everybody who waits now; the loop comes to them too.
    waiting.delete(principal)
    if (others.length > 0) waiting.set(principal, others)
    const began = performance.now()
    go?.()
    // When this is over, what waited for this turn has done its work.
    await nextTurn()
    const tookMs = performance.now() - began
    if (tookMs > 1) await rest(Math.min(tookMs, restMaxMs))
  }
  serving = false
}

function isSlow(principal: string): boolean {
  const until = slow.get(principal)
  if (until === undefined) return false
  if (until > performance.now()) return true
  slow.delete(principal)
  return false
}

/** How long somebody's message held everybody else; the next ones of theirs take turns for a while. */
export function noteTime(principal: string, ms: number): void {
  if (ms < slowFromMs) return
  if (slow.size >= slowMax) slow.clear()
  slow.set(principal, performance.now() + slowForMs)
}
