import type { Json, JsonObject } from '../types'
import { codes, type Malformed } from './errors'
import type { Message } from './messages'
import { methods } from './methods'
import {
  assumedRevision,
  type Era,
  eraOf,
  isKnownRevision,
  legacyRevisions,
  metaKeys,
  modernRevisions,
} from './revisions'

/** Names in lower case. A web-standard `Headers` is one. */
export type RequestHeaders = { get(name: string): string | null; [Symbol.iterator](): Iterator<[string, string]> }

export type Envelope = { era: Era; revision: string }

const mismatch = (message: string): Malformed => ({ status: 400, code: codes.headerMismatch, message })

/**
 * Tells the era of a message and checks its headers against its body (MCP 2026-07-28, transports: who processes the body
 * must reject a mismatch with 400 and -32020). Decisions are made on the body alone.
 */
export function readEnvelope(headers: RequestHeaders, message: Message): Envelope | Malformed {
  const header = headers.get('mcp-protocol-version')
  const meta = message.params._meta as JsonObject | undefined
  const inBody = meta?.[metaKeys.protocolVersion]
  if (inBody !== undefined) return modernEnvelope(headers, message, header, inBody)
  if (header !== null && !isKnownRevision(header) && message.method !== 'initialize') return unsupported(header)
  if (header !== null && eraOf(header) === 'modern')
    return { status: 400, code: codes.invalidParams, message: `\`_meta\` lacks \`${metaKeys.protocolVersion}\`` }
  return contradiction(headers, message) ?? { era: 'legacy', revision: header ?? assumedRevision }
}

function modernEnvelope(
  headers: RequestHeaders,
  message: Message,
  header: string | null,
  inBody: Json,
): Envelope | Malformed {
  if (header === null) return mismatch('the header `MCP-Protocol-Version` is missing')
  if (header !== inBody) return mismatch('the header `MCP-Protocol-Version` is not what the body says')
  // Who asks in the modern way is told what can be asked so: the older revisions begin with `initialize`.
  if (eraOf(header) !== 'modern') return unsupported(header, [...modernRevisions])
  const meta = message.params._meta as JsonObject
  const capabilities = meta[metaKeys.clientCapabilities]
  if (typeof capabilities !== 'object' || capabilities === null)
    return { status: 400, code: codes.invalidParams, message: `\`_meta\` lacks \`${metaKeys.clientCapabilities}\`` }
  if (message.id !== null && headers.get('mcp-method') === null) return mismatch('the header `Mcp-Method` is missing')
  const known = methods[message.method]
  if (known?.kind === 'call' && known.named !== undefined && headers.get('mcp-name') === null)
    return mismatch('the header `Mcp-Name` is missing')
  return contradiction(headers, message) ?? { era: 'modern', revision: inBody }
}

/** In either era a header that contradicts the body is refused: somebody in between may have believed it. */
function contradiction(headers: RequestHeaders, message: Message): Malformed | null {
  const method = headers.get('mcp-method')
  if (method !== null && decodeHeader(method) !== message.method)
    return mismatch('the header `Mcp-Method` is not what the body says')
  const name = headers.get('mcp-name')
  if (name === null) return null
  const known = methods[message.method]
  const field = known?.kind === 'call' || known?.kind === 'task' ? known.named : undefined
  if (field === undefined) return null
  return decodeHeader(name) === message.params[field]
    ? null
    : mismatch('the header `Mcp-Name` is not what the body says')
}

const unsupported = (requested: string, supported: string[] = [...legacyRevisions, ...modernRevisions]): Malformed => ({
  status: 400,
  code: codes.unsupportedProtocolVersion,
  message: `unsupported protocol version \`${requested.slice(0, 40)}\``,
  data: { supported, requested: requested.slice(0, 40) },
})

/** `=?base64?...?=` carries UTF-8 that a header cannot (MCP 2026-07-28, transports). null when it does not decode. */
export function decodeHeader(value: string): string | null {
  const encoded = /^=\?base64\?(.*)\?=$/s.exec(value)?.[1]
  if (encoded === undefined) return value
  const bytes = Buffer.from(encoded, 'base64')
  // What is not padded, or has other characters, is refused and not guessed.
  if (bytes.toString('base64') !== encoded) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

// Not `Last-Event-ID`: a caller knows the sealed ids of its own events only.
const forwarded = ['mcp-protocol-version', 'mcp-method', 'mcp-name', 'traceparent', 'tracestate']

/** The caller's headers that go upstream: an allow-list, so neither identity nor hop-by-hop headers ever do. */
export function forwardedHeaders(headers: RequestHeaders): Record<string, string> {
  const out: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'accept-encoding': 'identity',
  }
  for (const name of forwarded) {
    const value = headers.get(name)
    if (value !== null) out[name] = value
  }
  for (const [name, value] of headers) if (name.startsWith('mcp-param-')) out[name] = value
  return out
}
