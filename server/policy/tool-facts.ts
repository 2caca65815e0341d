import type { Call, ToolHints } from '../types'

/** What is known of a tool: its hints, whether they are those that an administrator accepted, and the hash of its definition. */
export type PinnedHints = { hints: ToolHints; isPinned: boolean; hash?: string }

/** What a call says of its tool; null when that is not known. */
export const toolFacts = (known: PinnedHints | undefined): Pick<Call, 'tool' | 'toolIsPinned' | 'toolHash'> => ({
  tool: known?.hints ?? null,
  toolIsPinned: known?.isPinned ?? false,
  toolHash: known?.hash ?? '',
})
