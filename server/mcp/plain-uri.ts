const dotSegment = /(?:^|[/\\=?&])\.{1,2}(?:[/\\?#]|$)/
// RFC 3986, section 2.3: encoded or not, these are the same.
const encodedUnreserved = /%(?:2[de]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f|7e)/i
/** Once is what a reader does; more is what one does who gets it from another. */
const decodingsMax = 3

/**
 * Why a URI could lead elsewhere than where a rule holds it against its globs: by dot segments (encoded or not), characters that
 * need no encoding, a scheme (or a host of the web) in capitals, a backslash, or characters that readers drop. Null when it is plain (RFC 3986,
 * section 6.2.2). Letters beyond ASCII, and schemes that nobody knows, are taken as they come.
 */
export function uriProblem(uri: string): string | null {
  if (hasControl(uri) || uri !== uri.trim()) return 'holds white space or control characters that readers drop'
  if (uri.includes('\\')) return 'holds a backslash'
  if (/%(?![0-9a-f]{2})/i.test(uri)) return 'holds a `%` that encodes nothing'
  if (encodedUnreserved.test(uri)) return 'encodes characters that need no encoding'
  if (/^[^/?#:]*[A-Z][^/?#:]*:/.test(uri) || /^https?:\/\/[^/?#]*[A-Z]/.test(uri))
    return 'has a scheme or a host in capitals'
  let read = uri
  for (let n = 0; n <= decodingsMax; n += 1) {
    if (dotSegment.test(read)) return 'has a segment `.` or `..`'
    const next = decodedOnce(read)
    if (next === read) return null
    read = next
  }
  return null
}

function hasControl(uri: string): boolean {
  for (let at = 0; at < uri.length; at += 1) {
    const code = uri.charCodeAt(at)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}

/** ASCII alone: what segments are made of. */
const decodedOnce = (uri: string): string =>
  uri.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
