import type { JsonObject, Pinning, ToolHints } from '../types'
import { isKeepable } from './definitions'

export type KnownTool = {
  hash: string
  hints: ToolHints
  /** Whether it is as an administrator accepted it, and goes in no other way. */
  isPinned: boolean
  inputSchema: JsonObject | null
  /** What structured content of this tool must satisfy, masked or not. */
  outputSchema: JsonObject | null
}
export type Quarantined = { hash: string; state: 'waiting' | 'rejected' }

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
  for (const tool of quarantined.filter(({ state }) => state === 'waiting')) warnOf(tool, found)
  return found
}

function warnOf(tool: Stored, known: Map<string, KnownTool>): void {
  const now = knownTool(tool, false)
  known.set(tool.name, { ...now, hints: known.get(tool.name)?.hints ?? now.hints })
}

/** Holds in this process what a list just said, so that no call comes between the list and what the database says of it. */
export function hold(pins: Pins & { tools: Map<string, KnownTool> }, news: Stored[]): void {
  for (const tool of news) {
    pins.quarantined.set(tool.name, { hash: tool.hash, state: 'waiting' })
    if (pins.pinning === 'warn') warnOf(tool, pins.tools)
  }
}

/** Whether a list may show a tool that is described so: what it shows could be called. */
export const mayShow = (pins: Pins, name: string, hash: string): boolean =>
  heldBack(pins, name) === null && (pins.pinning !== 'strict' || pins.accepted.get(name) === hash)

/** Whether a description is news: not the accepted one, and not the one that is in quarantine. */
export const isNews = ({ pinning, isPinned, accepted, quarantined }: Pins, name: string, hash: string): boolean =>
  pinning !== 'off' && isPinned && accepted.get(name) !== hash && quarantined.get(name)?.hash !== hash

export type Held = 'not-pinned' | 'new' | 'changed' | 'rejected' | 'unkeepable'

/** Why a tool may not be called; null when pins do not stand against it. */
export function heldBack({ pinning, isPinned, accepted, quarantined }: Pins, name: string): Held | null {
  if (pinning === 'off') return null
  // Nobody could be shown it, nor reject it.
  if (!isKeepable(name)) return 'unkeepable'
  if (quarantined.get(name)?.state === 'rejected') return 'rejected'
  if (pinning === 'warn') return null
  if (!isPinned) return 'not-pinned'
  if (!accepted.has(name)) return 'new'
  return quarantined.has(name) ? 'changed' : null
}
