import type { JsonObject, Pinning, ToolHints } from '../types'
import { isKeepable } from './definitions'
import { type QuarantineState, undecidedMax } from './schemas'

export type KnownTool = {
  hash: string
  hints: ToolHints
  /** Whether it is as an administrator accepted it, and goes in no other way. */
  isPinned: boolean
  inputSchema: JsonObject | null
  /** What structured content of this tool must satisfy, masked or not. */
  outputSchema: JsonObject | null
}
/** `problem`: why nobody can be shown it, nor accept it; null when somebody can. */
export type Quarantined = { hash: string; state: QuarantineState; problem: string | null }

/** What an administrator accepted of a connection's tools, and what waits for one. */
export type Pins = {
  pinning: Pinning
  /** Whether its tools were listed since it leads where it leads. */
  isPinned: boolean
  /** Name -> SHA-256 of the accepted definition. */
  accepted: Map<string, string>
  quarantined: Map<string, Quarantined>
}

type Stored = { name: string; definition: JsonObject; hash: string }

const knownTool = ({ definition, hash }: Stored, isPinned: boolean): KnownTool => ({
  hash,
  isPinned,
  hints: (definition.annotations ?? {}) as ToolHints,
  inputSchema: (definition.inputSchema ?? null) as JsonObject | null,
  outputSchema: (definition.outputSchema ?? null) as JsonObject | null,
})

/** The tools as calls meet them: where a change is only warned of its schemas hold, and the hints that were accepted. */
export function toolsInForce(
  { pinning, isPinned }: Pick<Pins, 'pinning' | 'isPinned'>,
  accepted: Stored[],
  quarantined: (Stored & Quarantined)[],
): Map<string, KnownTool> {
  const found = new Map(accepted.map((tool) => [tool.name, knownTool(tool, pinning === 'strict' && isPinned)]))
  if (pinning !== 'warn') return found
  for (const tool of quarantined) if (runs(tool)) warnOf(tool, found)
  return found
}

/** Whether what is described otherwise than accepted may be used where that is only warned of. */
const runs = ({ state, problem }: Quarantined): boolean => state === 'waiting' && problem === null

function warnOf(tool: Stored, known: Map<string, KnownTool>): void {
  const now = knownTool(tool, false)
  known.set(tool.name, { ...now, hints: known.get(tool.name)?.hints ?? now.hints })
}

/** Holds in this process what a list just said, so that no call comes between the list and what the database says of it. */
export function hold(
  pins: Pins & { tools: Map<string, KnownTool> },
  news: (Stored & Pick<Quarantined, 'problem'>)[],
): void {
  for (const tool of news) {
    const { name, hash, problem } = tool
    const held: Quarantined = { hash, problem, state: isRejected(pins, name) ? 'returned' : 'waiting' }
    pins.quarantined.set(name, held)
    if (pins.pinning === 'warn' && runs(held)) warnOf(tool, pins.tools)
  }
}

/** A rejection stands until a description is accepted: else its target would undo it with one more character. */
const isRejected = ({ quarantined }: Pins, name: string): boolean =>
  (quarantined.get(name)?.state ?? 'waiting') !== 'waiting'

/** Whether it was accepted once, or is where administrators see it. */
export const isKnown = ({ accepted, quarantined }: Pins, name: string): boolean =>
  accepted.has(name) || quarantined.has(name)

/** How many more tools that nobody knows can be kept for administrators. */
export function roomLeft({ quarantined }: Pins): number {
  let left = undecidedMax
  for (const { state } of quarantined.values()) if (state !== 'rejected') left -= 1
  return left
}

/** Whether a list may show a tool that is described so, when its news are held: what it shows could be called. */
export const mayShow = (pins: Pins, name: string, hash: string): boolean =>
  isKnown(pins, name) &&
  heldBack(pins, name) === null &&
  (pins.pinning !== 'strict' || pins.accepted.get(name) === hash)

/** Whether a description is news: not the one that is in quarantine, nor the accepted one, unless it was rejected since. */
export const isNews = (pins: Pins, name: string, hash: string): boolean =>
  pins.pinning !== 'off' &&
  pins.isPinned &&
  pins.quarantined.get(name)?.hash !== hash &&
  (pins.accepted.get(name) !== hash || isRejected(pins, name))

export type Held = 'not-pinned' | 'new' | 'changed' | 'rejected' | 'unkeepable' | 'unseen' | 'too-many'

/** Why a tool may not be called; null when pins do not stand against it. */
export function heldBack(pins: Pins, name: string): Held | null {
  const { pinning, isPinned, accepted, quarantined } = pins
  if (pinning === 'off') return null
  // Nobody could be shown it, nor reject it.
  if (!isKeepable(name)) return 'unkeepable'
  if (isRejected(pins, name)) return 'rejected'
  const held = quarantined.get(name)
  if (pinning === 'warn') {
    if (held !== undefined) return runs(held) ? null : 'unseen'
    return accepted.has(name) || roomLeft(pins) > 0 ? null : 'too-many'
  }
  if (!isPinned) return 'not-pinned'
  if (!accepted.has(name)) return 'new'
  return held === undefined ? null : 'changed'
}
