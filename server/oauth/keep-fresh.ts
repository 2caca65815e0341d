import type { Database } from '../context'
import type { Viewer } from '../types'
import { isUnlinked } from './person'
import { rereadGroups } from './refresh-groups'
import type { Party } from './relying-party'

/** Whoever is taken out of a group loses in the console what it gave, after so long. */
const goodForMs = 5 * 60_000
/** An issuer that says nothing now is not asked by each request. */
const againAfterMs = 60_000
const readingsMax = 10_000

type Reading = { since: number; done: Promise<void> }
const readings = new Map<string, Reading>()

/**
 * The viewer as `look` finds them, with groups that are five minutes old at most. Where the issuer does not answer for them (it is away,
 * gives no refresh token and the access token is over, or knows them here by another id), what it said last stays while they are signed in.
 */
export async function keepFresh(
  parts: Party & { db: Database },
  look: () => Promise<Viewer | null>,
): Promise<Viewer | null> {
  const viewer = await look()
  if (viewer === null || isUnlinked(viewer.id) || Date.now() - viewer.groupsReadAt.getTime() < goodForMs) return viewer
  await readAgain(parts, viewer.id)
  return look()
}

/** One reading for all requests of a person at a time. */
function readAgain(parts: Party & { db: Database }, id: string): Promise<void> {
  const last = readings.get(id)
  if (last !== undefined && performance.now() - last.since < againAfterMs) return last.done
  if (readings.size >= readingsMax) readings.clear()
  const done = rereadGroups(parts, [id])
  readings.set(id, { since: performance.now(), done })
  return done
}
