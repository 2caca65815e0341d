import { comment } from '../mcp/sse'
import { everyBeat } from './beats'

/** The same events, with comments in between while nothing is said, so that nobody on the way takes the line for dead. */
export async function* keptAlive(events: AsyncGenerator<string>): AsyncGenerator<string> {
  let beat: () => void = () => {}
  const stop = everyBeat(() => beat())
  let next = events.next()
  try {
    for (;;) {
      const beaten = new Promise<null>((resolve) => {
        beat = () => resolve(null)
      })
      const got = await Promise.race([next, beaten])
      if (got === null) yield comment
      else if (got.done) return
      else {
        yield got.value
        next = events.next()
      }
    }
  } finally {
    stop()
    // Not awaited: what hangs in the middle of a silent stream ends with its signal.
    void events.return(undefined).catch(() => {})
  }
}
