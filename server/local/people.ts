import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { Logger } from 'pino'
import type { Database } from '../context'
import type { Env } from '../env'
import type { Keys } from '../keys'
import { localScope } from '../oauth/protected-resource'
import { messagePage, pageHeaders } from './pages'
import { interact } from './people-interaction'
import { createProvider, sessionCookie } from './people-provider'
import { removeExpired } from './people-records'

type Parts = { env: Env; db: Database; keys: Keys; log: Logger }
type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>

const mount = '/local'
// RFC 8414 section 3.1 puts the well-known part before the path, OpenID Connect Discovery after it; clients try all three.
const discoveryPaths = [`/.well-known/oauth-authorization-server${mount}`, `/.well-known/openid-configuration${mount}`]

/** Whether a request belongs to the local issuer (path and query as on the wire). */
export function isLocalIssuerPath(url: string): boolean {
  const path = url.split('?')[0] ?? ''
  return path === mount || path.startsWith(`${mount}/`) || discoveryPaths.includes(path)
}

/** A real OpenID provider for the five local people, as a node handler for what `isLocalIssuerPath` accepts. Local mode only. */
export async function createLocalIssuer({ env, db, keys, log }: Parts): Promise<Handler> {
  if (!env.local) throw new Error('the local issuer does not exist when OIDC_ISSUER is set')
  await removeExpired(db)
  const provider = await createProvider({ env, db, keys })
  provider.on('server_error', (_ctx, err) => log.error({ err }, 'the local issuer failed'))
  const serve = provider.callback()
  const font = fontFile()
  const { host } = new URL(env.publicUrl)
  return async (req, res) => {
    try {
      enter(req, host)
      if (req.url === '/inter.woff2') {
        res.writeHead(200, { 'content-type': 'font/woff2', 'cache-control': 'public, max-age=86400' }).end(font)
      } else if (req.url?.startsWith('/interaction/')) {
        await interact({ req, res, provider, env })
      } else {
        await serve(req, res)
      }
    } catch (err) {
      log.error({ err }, 'the local issuer failed')
      if (!res.headersSent) res.writeHead(500, pageHeaders)
      res.end(messagePage('This sign-in did not work', 'The reason is in the log of the server. Try again.'))
    }
  }
}

/** Makes the request one to a provider that is mounted at `/local`: it builds its links from `originalUrl` and Host. */
function enter(req: IncomingMessage & { originalUrl?: string }, host: string): void {
  const asked = req.url ?? ''
  const [path = '', query] = asked.split('?', 2)
  const url = discoveryPaths.includes(path)
    ? '/.well-known/openid-configuration'
    : withScope(`${path.slice(mount.length) || '/'}${query === undefined ? '' : `?${query}`}`)
  req.url = url
  req.originalUrl = `${mount}${url}`
  // Links keep the name of PUBLIC_URL, under whichever name of loopback someone asked.
  req.headers.host = host
  if (path === `${mount}/auth` || path.startsWith(`${mount}/auth/`)) forgetSession(req)
}

/** OAuth lets a client ask for no scope; the library refuses to grant nothing. */
function withScope(url: string): string {
  if (!url.startsWith('/auth?')) return url
  const parameters = new URLSearchParams(url.slice('/auth?'.length))
  if (parameters.get('scope')) return url
  parameters.set('scope', localScope)
  return `/auth?${parameters}`
}

// Every sign-in asks who one wants to be: single sign-on would make it hard to be alice here and bob there.
function forgetSession(req: IncomingMessage): void {
  const isSession = (cookie: string) => [sessionCookie, `${sessionCookie}.sig`].includes(cookie.split('=')[0] ?? '')
  const kept = (req.headers.cookie ?? '').split('; ').filter((cookie) => !isSession(cookie))
  req.headers.cookie = kept.join('; ')
}

function fontFile(): Buffer {
  const { resolve } = createRequire(import.meta.url)
  return readFileSync(resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'))
}
