import type { Env } from '../env'
import type { JsonObject } from '../types'

type Place = Pick<Env, 'publicUrl' | 'issuer' | 'local'>

const wellKnown = '/.well-known/oauth-protected-resource'

/** The scope that local mode's issuer knows; a configured issuer has its own, which a client must find out there. */
export const localScope = 'mcp'

/** The canonical URI of one connection, or with null of all of them (RFC 8707). */
export const resourceUri = (publicUrl: string, connection: string | null): string =>
  connection === null ? `${publicUrl}/mcp` : `${publicUrl}/mcp/${encodeURIComponent(connection)}`

/** Where a client finds the metadata of a connection: RFC 9728 section 3.1 puts the well-known part before the path. */
export const metadataUrl = (publicUrl: string, connection: string): string =>
  `${publicUrl}${wellKnown}/mcp/${encodeURIComponent(connection)}`

/** The metadata of RFC 9728. It is the same for every name, so it does not tell which connections exist. */
const protectedResource = ({ publicUrl, issuer, local }: Place, connection: string | null): JsonObject => ({
  resource: resourceUri(publicUrl, connection),
  authorization_servers: [issuer],
  bearer_methods_supported: ['header'],
  ...(local ? { scopes_supported: [localScope] } : {}),
  resource_name: connection === null ? 'Sallyport' : `Sallyport: ${connection}`,
})

/** The metadata at a request's path (without query), in the root form and the form for one connection; null elsewhere. */
export function protectedResourceAt(path: string, place: Place): JsonObject | null {
  if (!path.startsWith(wellKnown)) return null
  const rest = path.slice(wellKnown.length)
  if (rest === '' || rest === '/mcp') return protectedResource(place, null)
  const connection = /^\/mcp\/([^/]+)$/.exec(rest)?.[1]
  if (connection === undefined) return null
  try {
    return protectedResource(place, decodeURIComponent(connection))
  } catch {
    return null
  }
}
