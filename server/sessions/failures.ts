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
  const code = stateOf(error)
  if (code === null || notTheData.test(code)) return true
  return code === '23505' && (error as { constraint?: unknown }).constraint === 'entries_chain_seq_pk'
}

// Those with which a connection ends; after any other, PostgreSQL has undone what it was about.
const hungUp = /^(08|57P)/

/** Whether what was sent may have been written all the same. */
export function isInDoubt(error: unknown): boolean {
  const code = stateOf(error)
  return code === null || hungUp.test(code)
}

function stateOf(error: unknown): string | null {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null
}
