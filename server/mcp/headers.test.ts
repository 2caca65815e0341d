import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../types'
import { codes } from './errors'
import { decodeHeader, forwardedHeaders, readEnvelope } from './headers'
import { readMessage } from './messages'
import { metaKeys } from './revisions'

const meta = { [metaKeys.protocolVersion]: '2026-07-28', [metaKeys.clientCapabilities]: {} }
const call = (params: JsonObject, method = 'tools/call') => {
  const read = readMessage(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))
  if (read.kind !== 'message') throw new Error('not a message')
  return read.message
}
const modern = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo' }

const refused: [why: string, headers: Record<string, string>, params: JsonObject, code: number][] = [
  [
    'another method in the header',
    { ...modern, 'mcp-method': 'ping' },
    { name: 'echo', _meta: meta },
    codes.headerMismatch,
  ],
  ['another tool in the header', { ...modern, 'mcp-name': 'rm' }, { name: 'echo', _meta: meta }, codes.headerMismatch],
  [
    'another tool in base64',
    { ...modern, 'mcp-name': '=?base64?cm0=?=' },
    { name: 'echo', _meta: meta },
    codes.headerMismatch,
  ],
  [
    'base64 that is not UTF-8',
    { ...modern, 'mcp-name': '=?base64?/w==?=' },
    { name: 'echo', _meta: meta },
    codes.headerMismatch,
  ],
  [
    'no name header',
    { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call' },
    { name: 'echo', _meta: meta },
    codes.headerMismatch,
  ],
  [
    'no version header',
    { 'mcp-method': 'tools/call', 'mcp-name': 'echo' },
    { name: 'echo', _meta: meta },
    codes.headerMismatch,
  ],
  [
    'two versions',
    { ...modern, 'mcp-protocol-version': '2025-11-25' },
    { name: 'echo', _meta: meta },
    codes.headerMismatch,
  ],
  ['a modern header without the envelope', modern, { name: 'echo' }, codes.invalidParams],
  [
    'no capabilities',
    modern,
    { name: 'echo', _meta: { [metaKeys.protocolVersion]: '2026-07-28' } },
    codes.invalidParams,
  ],
  ['an unknown version', { 'mcp-protocol-version': '2031-01-01' }, { name: 'echo' }, codes.unsupportedProtocolVersion],
  [
    "a version in the body that is not the header's",
    modern,
    { name: 'echo', _meta: { ...meta, [metaKeys.protocolVersion]: '2031-01-01' } },
    codes.headerMismatch,
  ],
  [
    'an unknown version in header and body',
    { ...modern, 'mcp-protocol-version': '2031-01-01' },
    { name: 'echo', _meta: { ...meta, [metaKeys.protocolVersion]: '2031-01-01' } },
    codes.unsupportedProtocolVersion,
  ],
  ['a legacy call whose header names another tool', { 'mcp-name': 'rm' }, { name: 'echo' }, codes.headerMismatch],
]
describe('readEnvelope refuses', () => {
  for (const [why, headers, params, code] of refused)
    test(why, () => expect(readEnvelope(new Headers(headers), call(params))).toMatchObject({ status: 400, code }))
})

const taken: [what: string, headers: Record<string, string>, params: JsonObject, want: object][] = [
  ['a modern call', modern, { name: 'echo', _meta: meta }, { era: 'modern', revision: '2026-07-28' }],
  ['a name in base64', { ...modern, 'mcp-name': '=?base64?w6k=?=' }, { name: 'é', _meta: meta }, { era: 'modern' }],
  [
    'a legacy call',
    { 'mcp-protocol-version': '2025-11-25' },
    { name: 'echo' },
    { era: 'legacy', revision: '2025-11-25' },
  ],
  ['a legacy call without a header', {}, { name: 'echo' }, { era: 'legacy', revision: '2025-03-26' }],
]
describe('readEnvelope takes', () => {
  for (const [what, headers, params, want] of taken)
    test(what, () => expect(readEnvelope(new Headers(headers), call(params))).toMatchObject(want))
})

test('promise 8: only headers on the list go upstream, never the token, a cookie or an address', () => {
  const headers = new Headers({
    authorization: 'Bearer secret',
    cookie: 'a=b',
    'x-forwarded-for': '10.0.0.1',
    'proxy-authorization': 'x',
    'mcp-session-id': 'ours',
    'mcp-param-region': 'eu',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  })
  expect(Object.keys(forwardedHeaders(headers)).sort()).toEqual(
    ['accept', 'accept-encoding', 'content-type', 'mcp-param-region', 'traceparent'].sort(),
  )
})

const texts: [text: string, means: string | null][] = [
  ['=?base64?w6k=?=', 'é'],
  ['=?base64??=', ''],
  ['=?base64?!?=', null],
  ['=?base64?w6k?=', null],
  ['=?base64?w6k=', '=?base64?w6k='],
  ['w6k=', 'w6k='],
]
for (const [text, means] of texts)
  test(`base64 is decoded or refused, other text taken as it is: ${text}`, () => expect(decodeHeader(text)).toBe(means))
