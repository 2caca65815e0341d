import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

type Place = { publicUrl: string; dev: boolean }

const always: [name: string, value: string][] = [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'strict-origin-when-cross-origin'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
]

// What reads a bearer token. A page knows its viewer by the cookie alone, also behind a proxy that has a password of its own.
const tokenPaths = /^\/(api|mcp)\//

/**
 * Prepares a request for Next: a Content-Security-Policy with a fresh nonce, which Next reads from the request's own header and
 * puts on its scripts, the other security headers, and the asked path for the sign-in page.
 */
export function dressPage(req: IncomingMessage, res: ServerResponse, { publicUrl, dev }: Place): void {
  const policy = contentSecurityPolicy(randomBytes(16).toString('base64'), dev)
  req.headers['content-security-policy'] = policy
  req.headers['x-sallyport-path'] = req.url ?? '/'
  if (!tokenPaths.test(req.url ?? '')) delete req.headers.authorization
  res.setHeader('content-security-policy', policy)
  for (const [name, value] of always) res.setHeader(name, value)
  if (publicUrl.startsWith('https:')) res.setHeader('strict-transport-security', 'max-age=31536000')
}

function contentSecurityPolicy(nonce: string, dev: boolean): string {
  return [
    "default-src 'self'",
    // Next's development build evaluates its modules.
    `script-src 'self' 'nonce-${nonce}'${dev ? " 'unsafe-eval'" : ''}`,
    // Components set widths and positions in style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}
