import type { HttpFacts, HttpVerb, JsonObject } from '../types'

/**
 * What an API tool does in HTTP terms, from the connection's table. A template `/orders/{id}` takes `id` from the
 * arguments, percent-encoded as one path segment (RFC 3986, section 3.3). There are no facts when one is missing or empty,
 * or would make a segment `.` or `..`: the target would take the path for another one (section 5.2.4).
 */
export function httpFacts(connection: { http: HttpVerb[] }, tool: string, args: JsonObject): HttpFacts | null {
  const known = connection.http.find((entry) => entry.tool === tool)
  if (known === undefined) return null
  let complete = true
  const path = known.path.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const text = segmentOf(Object.hasOwn(args, name) ? args[name] : undefined)
    if (text === null) complete = false
    return text ?? ''
  })
  const isPlain = path.split('/').every((segment) => segment !== '.' && segment !== '..')
  return complete && isPlain ? { method: known.method.toUpperCase(), path } : null
}

function segmentOf(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const text = String(value)
  // Half a surrogate pair has no UTF-8, and so no encoding.
  return text === '' || /\p{Surrogate}/u.test(text) ? null : encodeURIComponent(text)
}
