import type { HttpFacts, HttpVerb, JsonObject } from '../types'

/**
 * What an API tool does in HTTP terms, from the connection's table. A template `/orders/{id}` takes `id` from the
 * arguments, percent-encoded as one path segment (RFC 3986, section 3.3); a missing one leaves no facts.
 */
export function httpFacts(connection: { http: HttpVerb[] }, tool: string, args: JsonObject): HttpFacts | null {
  const known = connection.http.find((entry) => entry.tool === tool)
  if (known === undefined) return null
  let complete = true
  const path = known.path.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const value = args[name]
    if (typeof value === 'string' || typeof value === 'number') return encodeURIComponent(String(value))
    complete = false
    return ''
  })
  return complete ? { method: known.method.toUpperCase(), path } : null
}
