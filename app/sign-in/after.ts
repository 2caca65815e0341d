/** Where to go after signing in: a path of ours, whatever `wanted` says. */
export function pathAfter(wanted: unknown, publicUrl: string): string {
  const { origin } = new URL(publicUrl)
  const text = typeof wanted === 'string' ? wanted : '/'
  const url = URL.canParse(text, origin) ? new URL(text, origin) : null
  if (url?.origin !== origin || url.pathname.startsWith('/sign-in')) return '/'
  // A browser takes a path that begins with two slashes, as of `/.//example.com`, for the name of a host.
  return `${url.pathname.replace(/^\/+/, '/')}${url.search}`
}
