import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * Whether a change carries the console's CSRF token: the header must repeat the token of the cookie, and the cookie must be one
 * that this installation signed. It is next-auth's own token, which `/api/auth/csrf` gives.
 * @param cookie value of the CSRF cookie: `<token>|<SHA-256 of token and secret>`
 */
export function isCsrfToken(header: string | null, cookie: string | undefined, secret: string): boolean {
  const [token = '', signature = ''] = (cookie ?? '').split('|')
  if (header === null || token === '') return false
  const expected = createHash('sha256').update(`${token}${secret}`).digest('hex')
  return same(header, token) && same(signature, expected)
}

function same(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
