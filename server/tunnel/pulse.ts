export type Pace = {
  /** How often the other side is asked for a sign of life. */
  pingEveryMs: number
  /** Silence for so long means that it is gone: a cut without FIN says nothing by itself. */
  deadAfterMs: number
}

export const defaultPace: Pace = { pingEveryMs: 4000, deadAfterMs: 12_000 }

export type Pulse = { heard(): void; stop(): void }

/** Pings; calls `dead` once when nothing was heard for too long. */
export function startPulse({ pingEveryMs, deadAfterMs }: Pace, ping: () => void, dead: () => void): Pulse {
  const tickMs = Math.min(1000, pingEveryMs / 2)
  let heardAt = performance.now()
  let pingedAt = heardAt
  let tickedAt = heardAt
  const timer = setInterval(() => {
    const now = performance.now()
    // This process itself stood still; what came meanwhile is not read yet.
    if (now - tickedAt > tickMs + 1000) heardAt = Math.max(heardAt, now - deadAfterMs + 2 * tickMs + 1000)
    tickedAt = now
    if (now - heardAt > deadAfterMs) {
      clearInterval(timer)
      return dead()
    }
    if (now - pingedAt < pingEveryMs) return
    pingedAt = now
    ping()
  }, tickMs)
  return {
    heard: () => {
      heardAt = performance.now()
    },
    stop: () => clearInterval(timer),
  }
}
