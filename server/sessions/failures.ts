/** What callers are told when an entry could not be written: the call is refused. */
export const unavailable = (message: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { code: 'unavailable' })

export const isUnavailable = (error: unknown): boolean => (error as { code?: unknown }).code === 'unavailable'

// Connection, resources, operator, system, read-only: another connection may do better.
const notTheData = /^(08|53|57|58|25006)/

/**
 * Whether the connection has to be made anew. An SQLSTATE that is about the data leaves it usable; a place in the chain that is
 * taken means that the head has to be read again.
 */
export function isLoss(error: unknown): boolean {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown }
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return true
  return notTheData.test(code) || (code === '23505' && constraint === 'entries_chain_seq_pk')
}
