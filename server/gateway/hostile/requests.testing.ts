import fc from 'fast-check'
import { hostileJson } from '../../mcp/hostile.testing'
import { metaKeys } from '../../mcp/revisions'

/** One hostile request as it goes over the wire; `$SESSION` stands for a session that lives. */
export type HostileRequest = {
  method: 'POST' | 'GET' | 'DELETE'
  headers: [name: string, value: string][]
  /** In latin1, so that any bytes can be kept in a file. */
  body: string
}

const names = fc.constantFrom(
  'ok_read',
  'ok_read',
  'ok_read',
  'ok_read',
  'ok_thirteen',
  'ok_sql',
  'ok_thirteen',
  'secret',
  'ok_read\0',
  'OK_read',
  '',
  'ok_\ud800',
)
const uris = fc.constantFrom('file:///ok/a', 'file:///no/a', 'file:///ok/../no/a', 'FILE:///ok/a', '\0')
const args = fc.oneof(
  fc.record({ n: fc.constantFrom(1, 13, '13', null, 1e300), note: fc.string() }, { requiredKeys: [] }),
  fc.record({ sql: fc.constantFrom('select 1', 'select 1; drop table x', 'select \0', '', 'sel') }),
  fc.jsonValue({ maxDepth: 3 }),
)

const params = fc.oneof(
  { weight: 8, arbitrary: fc.record({ name: names, arguments: args }, { requiredKeys: ['name'] }) },
  fc.record({ name: names, arguments: args, _meta: fc.jsonValue({ maxDepth: 2 }) }),
  fc.record({ uri: uris }),
  fc.record({
    ref: fc.record({ type: fc.constantFrom('ref/prompt', 'ref/resource', 'ref/x'), name: names, uri: uris }),
  }),
  fc.record({ protocolVersion: fc.oneof(fc.constant('2025-11-25'), fc.jsonValue()), capabilities: fc.jsonValue() }),
  fc.record({ requestId: fc.jsonValue(), progressToken: fc.jsonValue(), progress: fc.jsonValue() }),
  fc.record({ name: names, requestState: fc.jsonValue(), inputResponses: fc.jsonValue() }),
  fc.record({ name: names, task: fc.jsonValue(), taskId: fc.string() }),
  fc.record({
    notifications: fc.record({
      resourceSubscriptions: fc.array(fc.oneof(uris, fc.jsonValue()), { maxLength: 3 }),
      taskIds: fc.array(fc.oneof(fc.constant(''), fc.jsonValue()), { maxLength: 3 }),
    }),
  }),
)

const methods = fc.constantFrom(
  ...Array.from({ length: 15 }, () => 'tools/call'),
  ...['tools/list', 'resources/read', 'resources/subscribe', 'prompts/get'],
  ...['completion/complete', 'initialize', 'server/discover', 'subscriptions/listen', 'ping', 'logging/setLevel'],
  ...['notifications/cancelled', 'notifications/initialized', 'notifications/x', 'tasks/get', 'tasks/cancel'],
  ...['notifications/tasks/status', 'notifications/tasks', 'tasks/result', 'tasks/update', 'acme/told'],
  ...['constructor', '__proto__', 'toString', 'tools/Call', 'tools/call ', 'x/y', ''],
)

const ids = fc.oneof(
  fc.integer({ min: 0, max: 5 }),
  fc.constantFrom(
    '',
    'sallyport-approval.x',
    'sallyport-ask.AAAA',
    'undefined',
    '__proto__',
    '\0',
    '\ud800',
    'x'.repeat(5000),
  ),
  fc.integer(),
)

const plainCall = fc.oneof(
  fc.record({
    jsonrpc: fc.constant('2.0'),
    id: ids,
    method: fc.constant('tools/call'),
    params: fc.record({
      name: fc.constantFrom('ok_read', 'ok_read', 'ok_thirteen', 'secret'),
      arguments: fc.record({ n: fc.constantFrom(1, 13), note: fc.string() }),
    }),
  }),
  fc.record({
    jsonrpc: fc.constant('2.0'),
    id: ids,
    method: fc.constantFrom('resources/read', 'resources/read', 'tools/list', 'resources/list'),
    params: fc.record({ uri: uris }),
  }),
)

const message = fc.oneof(
  { weight: 20, arbitrary: plainCall },
  { weight: 8, arbitrary: fc.record({ jsonrpc: fc.constant('2.0'), id: ids, method: methods, params }) },
  { weight: 1, arbitrary: fc.record({ jsonrpc: fc.constant('2.0'), method: methods, params }) },
  { weight: 1, arbitrary: fc.record({ jsonrpc: fc.constant('2.0'), id: ids, result: fc.jsonValue() }) },
)

/** Some as the modern era wants it, envelope and headers, before they are spoilt. */
const dressed = fc.tuple(message, fc.boolean()).map(([one, modern]) => {
  if (!modern || !('params' in one)) return { one, headers: [] as [string, string][] }
  const meta = { [metaKeys.protocolVersion]: '2026-07-28', [metaKeys.clientCapabilities]: {} }
  const named = Object.entries(one.params).find(([key]) => key === 'name' || key === 'uri')?.[1]
  const headers: [string, string][] = [
    ['mcp-protocol-version', '2026-07-28'],
    ['mcp-method', header(one.method)],
  ]
  if (typeof named === 'string') headers.push(['mcp-name', header(named)])
  return { one: { ...one, params: { ...one.params, _meta: meta } }, headers }
})

const header = (text: string) => (/^[!-~]*$/.test(text) ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`)

const oddHeader = fc.constantFrom<[string, string]>(
  ...([
    ['mcp-protocol-version', '2026-07-28'],
    ['mcp-protocol-version', '1999-01-01'],
    ['mcp-protocol-version', '2025-11-25'],
    ['mcp-method', 'tools/list'],
    ['mcp-name', 'ok_read'],
    ['mcp-name', '=?base64?b2tfcmVhZA==?='],
    ['mcp-name', '=?base64?/////w==?='],
    ['mcp-session-id', '$SESSION'],
    ['mcp-session-id', '$SESSION'],
    ['mcp-session-id', '00000000-0000-4000-8000-000000000000'],
    ['mcp-session-id', "' or 1=1 --"],
    ['last-event-id', 'AAAA'],
    ['last-event-id', '../../1'],
    ['content-type', 'application/json; charset=utf-16'],
    ['content-type', 'text/plain'],
    ['content-encoding', 'gzip'],
    ['accept', '*/*'],
    ['accept', 'text/event-stream'],
    ['traceparent', '00-\u00ff'],
    ['x-forwarded-for', '10.0.0.1'],
    ['cookie', 'a=b'],
    ['mcp-param-x', '\u00e4'],
    ['proxy-authorization', 'Basic AAAA'],
  ] as [string, string][]),
)

export const hostileRequest: fc.Arbitrary<HostileRequest> = fc
  .tuple(
    dressed.chain(({ one, headers }) =>
      fc.oneof(hostileJson(fc.constant(one)), fc.constant(JSON.stringify(one))).map((text) => ({ text, headers })),
    ),
    fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(oddHeader, { maxLength: 2 }) },
    ),
    fc.constantFrom(...Array.from({ length: 20 }, () => 'POST' as const), 'GET' as const, 'DELETE' as const),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
    fc.nat(9),
  )
  .map(([{ text, headers }, odd, method, changes, chance]) => {
    const bytes = Buffer.from(text)
    if (chance === 0) for (const [where, value] of changes) bytes[where % Math.max(bytes.length, 1)] = value
    return { method, headers: [...headers, ...odd], body: method === 'POST' ? bytes.toString('latin1') : '' }
  })
