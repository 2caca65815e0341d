/** What callers are told when an entry could not be written: the call is refused. */
export const unavailable = (message: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { code: 'unavailable' })

/** An SQLSTATE that is about the data leaves the connection usable; everything else does not. */
export function isConnectionLoss(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  const sqlState = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)
  return !sqlState || /^(08|57|58|53)/.test(code)
}
