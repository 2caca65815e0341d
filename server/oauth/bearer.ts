// RFC 6750 section 2.1: the token68 characters.
const credentials = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i

export type Bearer = { token: string } | { problem: string | null }

/** The token of an Authorization header. `problem` is null when there is none at all: that is no error, only a reason to ask. */
export function bearerOf(authorization: string | null): Bearer {
  if (authorization === null) return { problem: null }
  const token = credentials.exec(authorization)?.[1]
  return token === undefined ? { problem: 'the Authorization header must be `Bearer` and one token' } : { token }
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
