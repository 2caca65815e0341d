export type Bearer = { token: string } | { problem: string | null }

const scheme = /^bearer +/i

/**
 * The token of an Authorization header (RFC 6750 section 2.1). `problem` is null when there is no header at all: that is no
 * error, only a reason to ask. Runs on every call, so the characters of the token are left to its verification.
 */
export function bearerOf(authorization: string | null): Bearer {
  if (authorization === null) return { problem: null }
  const start = scheme.exec(authorization)?.[0].length ?? authorization.length
  const token = authorization.slice(start).trimEnd()
  if (token === '' || token.includes(' ') || token.includes(','))
    return { problem: 'the Authorization header must be `Bearer` and one token' }
  return { token }
}

/** A challenge as RFC 6750 section 3 writes it; parameters that are null are left out. */
export function challenge(parameters: Record<string, string | null>): string {
  const parts = Object.entries(parameters).flatMap(([name, value]) =>
    value === null ? [] : [`${name}="${quotable(value)}"`],
  )
  return `Bearer ${parts.join(', ')}`
}

// RFC 6750 section 3: no quotes, backslashes or anything outside printable ASCII.
const quotable = (text: string): string => text.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?')
