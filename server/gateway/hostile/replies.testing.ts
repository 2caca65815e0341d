import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { cuts, hostileJson } from '../../mcp/hostile.testing'

/** What no caller may see, as it is or in any spelling. */
export const canary = 'ada.canary@example.com'
export const canaryKey = 'canary-by-key'

/** One hostile reply. In its text `"$ID"` stands for the id of the request. */
export type HostileReply = {
  status: number
  headers: Record<string, string>
  /** In latin1, so that any bytes can be kept in a file. */
  body: string
  sizes: number[]
  end: 'end' | 'cut' | 'linger'
}

const text = fc.oneof(
  fc.constantFrom(canary, `write to ${canary}`, `<${canary}>`, `a\n${canary}\u200b`, 'x'.repeat(20_000), '\ud800', ''),
  fc.string(),
)
const meta = fc
  .tuple(fc.dictionary(fc.constantFrom('__proto__', 'note', canary), text), fc.boolean(), fc.boolean())
  .map(([more, small, large]) => ({
    ...more,
    ...(small ? { ssn: canaryKey } : {}),
    ...(large ? { SSN: [canaryKey] } : {}),
  }))
const content = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('text'), text }),
    fc.record({ type: fc.constant('text'), text: fc.constant(JSON.stringify({ ssn: canaryKey })) }),
    fc.record({ type: fc.constant('resource'), resource: fc.record({ uri: text, text, blob: text }) }),
    fc.record({ type: fc.constant('resource_link'), uri: text, name: text }),
    fc.jsonValue({ maxDepth: 3 }),
  ),
  { maxLength: 4 },
)
const ssn = fc.record({ ssn: fc.constant(canaryKey), deep: fc.record({ ssn: fc.constant([canaryKey]) }) })
const result = fc.oneof(
  fc.record({ content, structuredContent: fc.oneof(ssn, fc.jsonValue()), _meta: meta }, { requiredKeys: ['content'] }),
  fc.record({ content, isError: fc.jsonValue() }),
  fc.record({ tools: fc.array(fc.oneof(fc.record({ name: text, description: text }), fc.jsonValue())) }),
  fc.record({ contents: content, nextCursor: text }),
  fc.record({
    resultType: fc.constantFrom('input_required', 'task', 'x', null),
    requestState: fc.jsonValue(),
    inputRequests: fc.jsonValue(),
  }),
  fc.record({ messages: content, completion: fc.jsonValue(), task: fc.record({ taskId: text, statusMessage: text }) }),
  fc.jsonValue(),
)
const id = fc.oneof(
  { weight: 6, arbitrary: fc.constant('$ID') },
  { weight: 1, arbitrary: fc.constantFrom(null, 0, 1, 'other', [1], {}, '', 1e300) },
)
const jsonrpc = fc.constant('2.0')
const answer = fc.oneof(
  { weight: 4, arbitrary: fc.record({ jsonrpc, id, result }) },
  {
    weight: 1,
    arbitrary: fc.record({ jsonrpc, id, error: fc.record({ code: fc.integer(), message: text, data: ssn }) }),
  },
  { weight: 1, arbitrary: fc.record({ jsonrpc, id, result, error: fc.jsonValue() }) },
  {
    weight: 1,
    arbitrary: fc.record({ jsonrpc, id, error: fc.record({ code: fc.constant(-32042), message: text, data: ssn }) }),
  },
)
const said = fc.oneof(
  fc.record({
    jsonrpc,
    method: fc.constantFrom(
      'notifications/progress',
      'notifications/message',
      'notifications/cancelled',
      'notifications/x',
      'notifications/tasks',
      'notifications/tasks/status',
      'acme/told',
    ),
    params: fc.record({
      taskId: text,
      result: fc.record({ content, structuredContent: ssn }),
      progressToken: fc.jsonValue(),
      progress: fc.jsonValue(),
      message: text,
      data: ssn,
      requestId: id,
    }),
  }),
  fc.record({
    jsonrpc,
    id: fc.oneof(id, fc.jsonValue()),
    method: fc.constantFrom(
      'elicitation/create',
      'sampling/createMessage',
      'roots/list',
      'ping',
      'tasks/get',
      'tasks/result',
      'tools/call',
      '__proto__',
    ),
    params: fc.record({ message: text, url: text, _meta: meta }),
  }),
  fc.record({ jsonrpc, method: fc.constant('notifications/resources/updated'), params: fc.record({ uri: text }) }),
)

const kind = fc.constantFrom('', '', '', '', 'message', 'ping', '__proto__')
const newline = fc.constantFrom('\n', '\r\n', '\r')
const event = fc
  .tuple(fc.oneof(answer, said, said), fc.boolean(), newline, fc.option(fc.string(), { freq: 3 }), fc.nat(4), kind)
  .chain(([one, spoilt, end, eventId, comments, named]) =>
    (spoilt ? hostileJson(fc.constant(one)) : fc.constant(JSON.stringify(one))).map((json) => {
      const lines = json.split(/\r\n|\n|\r/).map((line) => `data: ${line}${end}`)
      const about = eventId === null ? '' : `id: ${eventId}${end}`
      return `${`: hi${end}`.repeat(comments)}${about}${named === '' ? '' : `event: ${named}${end}`}retry: 5${end}${lines.join('')}${end}`
    }),
  )

const stream = fc.array(event, { maxLength: 6 }).map((events) => ({ body: events.join(''), type: 'text/event-stream' }))
const json = fc
  .tuple(answer, fc.boolean())
  .chain(([one, spoilt]) => (spoilt ? hostileJson(fc.constant(one)) : fc.constant(JSON.stringify(one))))
  .map((body) => ({ body, type: 'application/json' }))
const other = fc
  .tuple(fc.string(), fc.constantFrom('text/html', 'application/json; charset=utf-16', '', 'TEXT/EVENT-STREAM'))
  .map(([body, type]) => ({ body, type }))

const status = fc.oneof(
  { weight: 12, arbitrary: fc.constant(200) },
  { weight: 1, arbitrary: fc.constantFrom(202, 204, 301, 307, 400, 401, 403, 404, 405, 429, 500, 503, 599) },
)
const oddHeaders = fc.dictionary(
  fc.constantFrom('set-cookie', 'www-authenticate', 'location', 'mcp-session-id', 'content-encoding', 'x-canary'),
  fc.constantFrom('gzip', 'identity', canary, 'Bearer', 'http://169.254.169.254/', 'x'.repeat(2000)),
  { maxKeys: 2 },
)

export const hostileReply: fc.Arbitrary<HostileReply> = fc
  .tuple(
    fc.oneof({ weight: 5, arbitrary: stream }, { weight: 4, arbitrary: json }, { weight: 1, arbitrary: other }),
    status,
    fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: oddHeaders }),
    fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 3 }),
    fc.constantFrom<HostileReply['end'][]>(...Array.from({ length: 18 }, () => 'end' as const), 'cut', 'linger'),
  )
  .map(([{ body, type }, code, headers, sizes, end]) => ({
    status: code,
    headers: { ...(type === '' ? {} : { 'content-type': type }), ...headers },
    body: Buffer.from(body).toString('latin1'),
    sizes,
    end,
  }))

/** Says it over the wire, in pieces. A lingering one stays open for a while after its last byte. */
export async function say(reply: HostileReply, requestId: unknown, response: ServerResponse): Promise<void> {
  const asked = Buffer.from(JSON.stringify(requestId) ?? 'null').toString('latin1')
  const bytes = Buffer.from(
    reply.body.replaceAll('"$ID"', () => asked),
    'latin1',
  )
  response.writeHead(reply.status, reply.headers)
  response.flushHeaders()
  response.on('error', () => {})
  const pieces = cuts(bytes, reply.sizes)
  for (const piece of [...pieces.slice(0, 40), Buffer.concat(pieces.slice(40))]) {
    response.write(piece)
    // Else the kernel makes one of two.
    if (reply.sizes.length > 0) await new Promise((turn) => setImmediate(turn))
  }
  if (reply.end === 'cut') response.destroy()
  else if (reply.end === 'end') response.end()
  else setTimeout(() => response.end(), 100).unref()
}
