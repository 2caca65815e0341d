import type { Cover } from './spans'

const cover: Cover = { style: 'redact', mask: 'credential' }
const scheme = /^(?:bearer|basic|token|apikey|api-key|digest)\s+(\S.*)$/i

/** Every form in which a connection's secret values must not come back. */
export function credentialForms(credentials: string[]): [string, Cover][] {
  const forms = new Set<string>()
  for (const secret of credentials.flatMap(parts)) for (const form of encodings(secret)) forms.add(form)
  return [...forms].map((form) => [form, cover])
}

/** A header's value, the token in it, and for Basic (RFC 7617) the password. */
function parts(value: string): string[] {
  const secret = value.trim()
  const token = scheme.exec(secret)?.[1]
  if (token === undefined) return secret === '' ? [] : [secret]
  const pair = /^basic/i.test(secret) ? Buffer.from(token, 'base64').toString('utf8') : ''
  const password = pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : ''
  return [secret, token, pair, password].filter((part) => part.length > 0)
}

function encodings(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8')
  const shifted = [0, 1, 2].flatMap((shift) => inBase64(bytes, shift))
  const json = JSON.stringify(secret).slice(1, -1)
  return [secret, encodeURIComponent(secret), json, bytes.toString('hex'), ...shifted].filter((form) => form !== '')
}

/** The characters of base64 that depend on the secret alone when `shift` bytes stand before it. */
function inBase64(bytes: Buffer, shift: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(shift), bytes])
  const from = Math.ceil((shift * 8) / 6)
  const to = Math.floor((padded.length * 8) / 6)
  const plain = padded.toString('base64').slice(from, to)
  if (plain.length < 6) return []
  return [plain, plain.replace(/\+/g, '-').replace(/\//g, '_')]
}
