import { createHash, randomBytes } from 'node:crypto'
import { localPeople } from './people-accounts'
import { cliClientId } from './people-clients'

/** Signed in to the console as a browser is: cookies kept, Origin and CSRF token sent with every change. */
export type ConsoleSession = {
  /** `path` is on the console; a body is sent as JSON. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  csrfToken: string
  /** The Cookie header. */
  cookies(): string
}

type Jar = Map<string, string>
type Visit = { url: URL; response: Response; jar: Jar }

const hopsMax = 15
const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * An access token for a local person, through the code flow with PKCE of the command line client, consent included.
 * @param resource URI the token is for; default all connections
 */
export async function localAccessToken(publicUrl: string, person: string, resource?: string): Promise<string> {
  checkArguments(publicUrl, person)
  const verifier = randomBytes(32).toString('base64url')
  // RFC 8252 section 7.3: any port; nothing needs to listen, because this program reads the redirect itself.
  const redirectUri = 'http://127.0.0.1:1/callback'
  const asked = {
    client_id: cliClientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    state: randomBytes(16).toString('base64url'),
    scope: 'mcp',
    resource: resource ?? `${publicUrl}/mcp`,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }
  const start = new URL(`${publicUrl}/local/auth?${new URLSearchParams(asked)}`)
  const url = await signInThrough(start, person, redirectUri)
  const code = url.searchParams.get('code')
  if (code === null || url.searchParams.get('state') !== asked.state)
    throw new Error(`no token: ${url.searchParams.get('error_description') ?? 'the answer was not to this question'}`)
  const exchange = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, client_id: cliClientId }
  const body = new URLSearchParams({ ...exchange, code_verifier: verifier, resource: asked.resource })
  const response = await reach(new URL(`${publicUrl}/local/token`), { method: 'POST', body })
  const answer = (await response.json()) as { access_token?: string; error_description?: string }
  if (answer.access_token === undefined) throw new Error(`no token: ${answer.error_description ?? response.status}`)
  return answer.access_token
}

/** Signs a local person in to the console, through the same code flow as a browser. */
export async function consoleSession(publicUrl: string, person: string): Promise<ConsoleSession> {
  checkArguments(publicUrl, person)
  const jar: Jar = new Map()
  const csrfToken = await csrfOf(publicUrl, jar)
  const body = new URLSearchParams({ csrfToken, callbackUrl: publicUrl })
  const start = new URL(`${publicUrl}/api/auth/signin/oidc`)
  const home = `${publicUrl}/`
  const { url } = await signIn(await visit(start, { method: 'POST', body }, jar, home), person, home)
  const error = url.searchParams.get('error')
  if (error !== null || ![...jar.keys()].some((name) => name.endsWith('sallyport.session')))
    throw new Error(`${person} could not sign in to the console: ${error ?? `stopped at ${url}`}`)
  return session(publicUrl, jar, await csrfOf(publicUrl, jar))
}

function session(publicUrl: string, jar: Jar, csrfToken: string): ConsoleSession {
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  return {
    csrfToken,
    cookies,
    async fetch(path, init = {}) {
      const headers = new Headers(init.headers)
      headers.set('cookie', cookies())
      headers.set('origin', new URL(publicUrl).origin)
      headers.set('x-csrf-token', csrfToken)
      if (init.body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
      const response = await reach(new URL(path, publicUrl), { ...init, headers, redirect: 'manual' })
      keep(jar, response)
      return response
    },
  }
}

/** Follows an authorization request as a browser does, up to the redirect to `end`; returns that redirect, code included. */
export async function signInThrough(start: URL, person: string, end: string): Promise<URL> {
  return (await signIn(await visit(start, {}, new Map(), end), person, end)).url
}

/** Answers the sign-in pages until they lead to `end`. */
async function signIn(from: Visit, person: string, end: string): Promise<Visit> {
  let at = from
  for (let step = 0; step < 3 && !isAt(at.url, end) && !at.url.searchParams.has('error'); step++) {
    if (at.response.status === 404)
      throw new Error(
        `${at.url.origin} is not in local mode: get an access token from its issuer; \`apply\` and \`export-log\` take one as --token`,
      )
    const page = await at.response.text()
    const asked = /<form [^>]*data-step="(person|consent)"/.exec(page)?.[1]
    if (asked === undefined) throw new Error(`${at.url} is not a page of the local sign-in: ${textOf(page)}`)
    const body = new URLSearchParams(asked === 'person' ? { person } : { person, consent: 'allow' })
    at = await visit(at.url, { method: 'POST', body, headers: { origin: at.url.origin } }, at.jar, end)
  }
  return at
}

/** Follows redirects as a browser does, up to `end`, which is not fetched. */
async function visit(from: URL, init: RequestInit, jar: Jar, end: string): Promise<Visit> {
  let url = from
  let next = init
  for (let hop = 0; hop < hopsMax; hop++) {
    const headers = new Headers(next.headers)
    headers.set('accept', 'text/html')
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await reach(url, { ...next, headers, redirect: 'manual' })
    keep(jar, response)
    const location = response.headers.get('location')
    if (location === null) return { url, response, jar }
    await response.body?.cancel()
    url = new URL(location, url)
    if (isAt(url, end)) return { url, response, jar }
    next = {}
  }
  throw new Error(`the sign-in at ${from} goes round in circles`)
}

const isAt = ({ href }: URL, end: string): boolean => href === end || href.startsWith(`${end}?`)

// One jar for one host; names do not repeat across paths in this flow, so paths need not be kept.
function keep(jar: Jar, response: Response): void {
  for (const line of response.headers.getSetCookie()) {
    const [pair = '', ...attributes] = line.split('; ')
    const at = pair.indexOf('=')
    const over = attributes.some((attribute) => /^(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute))
    if (over || at === pair.length - 1) jar.delete(pair.slice(0, at))
    else jar.set(pair.slice(0, at), pair.slice(at + 1))
  }
}

async function csrfOf(publicUrl: string, jar: Jar): Promise<string> {
  const { response } = await visit(new URL(`${publicUrl}/api/auth/csrf`), {}, jar, '')
  return ((await response.json()) as { csrfToken: string }).csrfToken
}

async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (cause) {
    throw new Error(
      `sallyport is not running at ${url.origin}; start it with \`npm start\`, or set PORT to where it listens`,
      { cause },
    )
  }
}

function checkArguments(publicUrl: string, person: string): void {
  if (!loopbackHosts.has(new URL(publicUrl).hostname))
    throw new Error(`\`${publicUrl}\` is not on this machine; local people exist only there`)
  if (!localPeople.some(({ id }) => id === person))
    throw new Error(`local mode knows nobody named \`${person}\`; try ${localPeople.map(({ id }) => id).join(', ')}`)
}

const textOf = (page: string): string => {
  const shown = /<main>(.*)<\/main>/s.exec(page)?.[1] ?? page
  return shown
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 300)
}
