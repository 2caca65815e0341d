import type { IncomingMessage } from 'node:http'
import type { Env } from '../env'

type Place = Pick<Env, 'local' | 'publicUrl'>
type Head = Pick<IncomingMessage, 'headers' | 'url'>
export type GuardRefusal = { status: 400 | 403; message: string }

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']
// Load balancers and Prometheus ask by address.
const askedByAddress = new Set(['/healthz', '/readyz', '/metrics'])
// Whoever reads the path after us may walk it, and would come to another door than the one that was judged.
const crooked = /\\|\/(?:\.|%2e){1,2}(?:\/|$)/i
const forwarded = /^(forwarded$|x-forwarded-)/

/**
 * Whether a request may be looked at, before anything else reads it; null when it may.
 *
 * Local mode signs anyone in without a password, so it answers only to loopback names (a page that rebinds its own name to
 * 127.0.0.1 is refused) and never through a proxy. Configured, the Host must be that of PUBLIC_URL. At `/mcp` a web page of
 * another origin is refused (MCP, Streamable HTTP, security warning).
 */
export function checkHost(req: Head, env: Place): GuardRefusal | null {
  const url = req.url ?? ''
  if (!url.startsWith('/')) return { status: 400, message: 'ask for a path, not for a whole address' }
  const path = pathOf(url)
  const host = req.headers.host?.toLowerCase() ?? ''
  const refusal = env.local ? localRefusal(host, req.headers) : configuredRefusal(host, path, env)
  if (refusal !== null) return refusal
  if (crooked.test(path)) return { status: 400, message: 'ask for a path without dot segments and backslashes' }
  return path === '/mcp' || path.startsWith('/mcp/') ? checkOrigin(req.headers.origin ?? null, env) : null
}

/** A request without Origin is no web page's; one with another page's Origin, `null` included, is refused. */
function checkOrigin(origin: string | null, env: Place): GuardRefusal | null {
  if (origin === null || ownOrigins(env).includes(origin)) return null
  return { status: 403, message: `pages of \`${shown(origin)}\` may not call this; open ${env.publicUrl}` }
}

function localRefusal(host: string, headers: IncomingMessage['headers']): GuardRefusal | null {
  if (!loopbackNames.includes(host.replace(/:\d{1,5}$/, '')))
    return {
      status: 403,
      message: `local mode does not answer to \`${shown(host)}\`; use http://localhost, or set OIDC_ISSUER to serve others`,
    }
  for (const name in headers)
    if (forwarded.test(name))
      return {
        status: 403,
        message: `local mode does not work behind a proxy (\`${name}\` was sent); set OIDC_ISSUER to serve others`,
      }
  return null
}

function configuredRefusal(host: string, path: string, { publicUrl }: Place): GuardRefusal | null {
  const { host: own, port, hostname, protocol } = parsed(publicUrl)
  const explicit = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
  if (host === own || host === explicit || askedByAddress.has(path)) return null
  return {
    status: 403,
    message: `the Host \`${shown(host)}\` is not that of PUBLIC_URL (${own}); a proxy in front must pass the Host on`,
  }
}

/** The origins that are this console's own; in local mode loopback has three names. */
export function ownOrigins({ local, publicUrl }: Place): string[] {
  const { origin, port, protocol } = parsed(publicUrl)
  const suffix = port === '' ? '' : `:${port}`
  return local ? [origin, ...loopbackNames.map((name) => `${protocol}//${name}${suffix}`)] : [origin]
}

// Asked on every request, of one address for the life of the process.
const addresses = new Map<string, URL>()
function parsed(publicUrl: string): URL {
  const found = addresses.get(publicUrl) ?? new URL(publicUrl)
  addresses.set(publicUrl, found)
  return found
}

const pathOf = (url: string): string => {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

const shown = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100)
