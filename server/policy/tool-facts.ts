import type { Call, ToolHints } from '../types'

/** What is known of a tool: its hints, and whether they are those that an administrator accepted. */
export type PinnedHints = { hints: ToolHints; isPinned: boolean }

/** What a call says of its tool; null when that is not known. */
export const toolFacts = (known: PinnedHints | undefined): Pick<Call, 'tool' | 'toolIsPinned'> => ({
  tool: known?.hints ?? null,
  toolIsPinned: known?.isPinned ?? false,
})
