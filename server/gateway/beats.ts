/**
 * Keep-alives of all held calls and open streams from one timer. Ten thousand beats at one moment cost other callers
 * 170 ms at p99; spread over 64 slots they cost nothing.
 */
const slots = 64
const turnMs = 14_000

const wheel: Set<() => void>[] = Array.from({ length: slots }, () => new Set())
let timer: NodeJS.Timeout | null = null
let hand = 0
let next = 0
let members = 0

/** Calls `beat` every 14 s until the returned function is called. */
export function everyBeat(beat: () => void): () => void {
  const slot = wheel[next % slots] as Set<() => void>
  next += 1
  slot.add(beat)
  members += 1
  timer ??= setInterval(turn, turnMs / slots).unref()
  return () => {
    if (!slot.delete(beat)) return
    members -= 1
    if (members > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  }
}

function turn(): void {
  hand = (hand + 1) % slots
  for (const beat of wheel[hand] ?? []) beat()
}
