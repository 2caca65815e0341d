import type { Process } from './process'
import { TargetError } from './target'

type Held = Pick<Process, 'session' | 'usedAt' | 'end'> & { talk: Pick<Process['talk'], 'busy' | 'answering'> }

const idleMs = 60_000
/** Of all places, what one person may have: the rest is for others. */
const shareMax = 3 / 4

/**
 * Makes room for one more of `max` processes: what nobody used for a minute ends, and of who has most, and two more than whoever comes,
 * also one whose client only listens. Its client opens a new session. Rejects with TargetError when none may be ended.
 */
export async function makeRoom(all: readonly Held[], max: number, session: string): Promise<void> {
  const mine = all.filter((one) => personOf(one.session) === personOf(session))
  if (mine.length >= Math.ceil(max * shareMax))
    return endOne(mine, 'you have as many processes of this target as you may')
  if (all.length < max) return
  const counts = new Map<string, number>()
  for (const one of all) counts.set(personOf(one.session), (counts.get(personOf(one.session)) ?? 0) + 1)
  const most = Math.max(...counts.values())
  const owe = (one: Held) => most > mine.length + 1 && counts.get(personOf(one.session)) === most
  await endOne(all, 'the target has as many processes as it may', owe)
}

async function endOne(all: readonly Held[], why: string, owes = (_: Held) => false): Promise<void> {
  const longAgo = performance.now() - idleMs
  const idle = all
    .filter((one) => (owes(one) ? !one.talk.answering : !one.talk.busy && one.usedAt < longAgo))
    .sort((a, b) => a.usedAt - b.usedAt)[0]
  if (idle === undefined) throw new TargetError(`${why}; end a session, or try again in a minute`)
  await idle.end('another session needed its place')
}

/** What says nothing of a person is one of its own. */
function personOf(session: string): string {
  const end = session.indexOf('/')
  return end === -1 ? session : session.slice(0, end)
}
