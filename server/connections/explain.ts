/** A target that answers, but not as a target must. The message is for people. */
export class Misfit extends Error {
  readonly code = 'misfit'
}

const explanations: Record<string, string> = {
  ECONNREFUSED: 'the target refuses connections; is it running, and is the port right?',
  ENOTFOUND: 'the name of the target does not resolve',
  EAI_AGAIN: 'the name of the target could not be resolved now; try again in a moment',
  ECONNRESET: 'the target closed the connection',
  EPIPE: 'the target closed the connection',
  UND_ERR_SOCKET: 'the target closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'the target does not answer',
  EHOSTUNREACH: 'there is no way to the target from here',
  ENETUNREACH: 'there is no way to the target from here',
  CERT_HAS_EXPIRED: "the target's certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the target's certificate is signed by nobody that is trusted here",
  SELF_SIGNED_CERT_IN_CHAIN: "the target's certificate is signed by nobody that is trusted here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the target's certificate is signed by nobody that is trusted here",
  ERR_TLS_CERT_ALTNAME_INVALID: "the target's certificate is for another name",
}

/** What a failed test means, and what to do; `status` is that of the last answer. */
export function explain(error: unknown, status: number | null, withinMs: number): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, message, name } = cause as Error & { code?: unknown }
    if (code === 'forbidden-address' || code === 'unavailable' || code === 'misfit') return message
    if (name === 'TimeoutError' || name === 'AbortError') return `the target did not answer within ${withinMs / 1000} s`
    const known = typeof code === 'string' ? explanations[code] : undefined
    if (known !== undefined) return known
  }
  if (status === 401 || status === 403)
    return `the target refuses the credential (HTTP ${status}); set one that it takes`
  if (status !== null && status >= 300 && status < 400)
    return `the target redirects (HTTP ${status}); use the final address`
  if (status !== null && (status < 200 || status > 299))
    return `the target answers HTTP ${status}, which is not MCP; is the path right?`
  return `the target does not speak MCP here: ${(error as Error).message.slice(0, 200)}`
}
