const everyMs = 5_000

/**
 * Says the same at most every five seconds, however many calls fail for it: without its database each call does. `more`: how
 * often it was not said since, of this and other connections.
 */
export function seldom(
  say: (error: unknown, connection: string, more: number) => void,
): (error: unknown, connection: string) => void {
  let last = ''
  let at = Number.NEGATIVE_INFINITY
  let more = 0
  return (error, connection) => {
    const what = String((error as { code?: unknown }).code ?? (error as { message?: unknown }).message)
    const now = performance.now()
    if (what === last && now - at < everyMs) {
      more += 1
      return
    }
    say(error, connection, what === last ? more : 0)
    ;[last, at, more] = [what, now, 0]
  }
}
