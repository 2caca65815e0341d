/** MCP revisions spoken over HTTP. From 2026-07-28 the wire is stateless ("modern"); before, there is `initialize` ("legacy"). */
export const legacyRevisions = ['2025-03-26', '2025-06-18', '2025-11-25'] as const
export const modernRevisions = ['2026-07-28'] as const

export type Era = 'legacy' | 'modern'

/** What a request without the header means: MCP 2025-06-18, transports. */
export const assumedRevision = '2025-03-26'

/**
 * Before Streamable HTTP, and still what some servers answer to `initialize` over it: their clients then name it in every header,
 * as the official SDK does. Nobody is told to speak them.
 */
const olderRevisions = ['2024-10-07', '2024-11-05']

const known = new Set<string>([...olderRevisions, ...legacyRevisions, ...modernRevisions])
const modern = new Set<string>(modernRevisions)

export const isKnownRevision = (revision: string): boolean => known.has(revision)
export const eraOf = (revision: string): Era => (modern.has(revision) ? 'modern' : 'legacy')

/** Keys of `params._meta` in the modern era. */
export const metaKeys = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
} as const
