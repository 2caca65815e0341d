import type { Call, HttpFacts, HttpVerb, JsonObject } from '../types'

/**
 * What an API tool does in HTTP terms, from the connection's table. A template `/orders/{id}` takes `id` from the
 * arguments. There are no facts when one is missing, empty, or would not be one segment of the path, whether the target
 * puts it there as it is or percent-encoded (RFC 3986, sections 3.3 and 5.2.4): its call would be another one.
 */
export function httpFacts(connection: { http: HttpVerb[] }, tool: string, args: JsonObject): HttpFacts | null {
  const known = connection.http.find((entry) => entry.tool === tool)
  const path = known === undefined ? null : pathOf(known.path, args)
  return known === undefined || path === null ? null : { method: known.method.toUpperCase(), path }
}

/** The facts of a call with the path that they were made from, for `shownHttp`. */
export function httpOf(
  connection: { http: HttpVerb[] },
  tool: string,
  args: JsonObject,
): Pick<Call, 'http' | 'httpTemplate'> {
  const http = httpFacts(connection, tool, args)
  const known = connection.http.find((entry) => entry.tool === tool)
  return http === null || known === undefined ? { http } : { http, httpTemplate: known.path }
}

/** The facts as people see them who see these arguments, masked or whole: a path holds values of them. */
export function shownHttp(
  { http, httpTemplate }: Pick<Call, 'http' | 'httpTemplate'>,
  args: JsonObject,
): HttpFacts | null {
  if (http === null || httpTemplate === undefined) return http
  return { method: http.method, path: pathOf(httpTemplate, args) ?? httpTemplate }
}

function pathOf(template: string, args: JsonObject): string | null {
  let complete = true
  const path = template.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const text = segmentOf(Object.hasOwn(args, name) ? args[name] : undefined)
    if (text === null) complete = false
    return text ?? ''
  })
  return complete && !path.split('/').some(isDots) ? path : null
}

const isDots = (segment: string): boolean => /^\.+$/.test(segment)

/** What ends a segment, is decoded once more, is dropped, or is taken for one of these: `\p{C}` is what nobody sees. */
const unsafe = /[/\\?#%;\u2044\u2215\u2216\u29f5\u29f8\p{C}]/u

function segmentOf(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const text = String(value)
  // Targets fold what looks alike: full-width dots and slashes are dots and slashes to some.
  const folded = text.normalize('NFKC')
  if (text.trim() === '' || folded.trim() !== folded || isDots(folded) || unsafe.test(text) || unsafe.test(folded))
    return null
  // As far as a segment may hold it as it is: a rule about `:cancel` finds it however the target writes it.
  return encodeURIComponent(text).replace(/%(?:3A|40|24|26|2B|2C|3D)/g, decodeURIComponent)
}
