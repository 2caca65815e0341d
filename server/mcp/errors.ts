/** JSON-RPC 2.0 and MCP 2026-07-28 error codes, and our own (outside the reserved range). */
export const codes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  headerMismatch: -32020,
  unsupportedProtocolVersion: -32022,
  /** The client is to open an address and call again (MCP 2025-11-25, elicitation). */
  urlElicitationRequired: -32042,
  /** Ours: policy or a person refused. */
  denied: -31001,
  /** Ours: a person has not answered yet. */
  pending: -31002,
  /** Ours: the target could not be reached or misbehaved. */
  upstream: -31003,
  /** Ours: the answer could not be masked or recorded, and was withheld. */
  withheld: -31004,
  /** Ours: this person has too much under way. */
  busy: -31005,
} as const

/** A message that is refused before it becomes a call. `status` is the HTTP status the transport section asks for. */
export type Malformed = {
  status: 200 | 400 | 404 | 405 | 413 | 415 | 429
  code: number
  message: string
  data?: Record<string, unknown>
}
