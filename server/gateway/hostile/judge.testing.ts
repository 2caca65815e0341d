import { isDeepStrictEqual } from 'node:util'
import { exportRecord } from '../../audit/export-record'
import { RecordVerifier } from '../../audit/verify'
import type { Viewer } from '../../types'
import { canary, canaryKey } from './replies.testing'
import type { Rough } from './world.testing'

/** One message as the target saw it. */
export type Arrival = { method: string; headers: NodeJS.Dict<string | string[]>; body: string }
type Body = { id?: unknown; method?: string; params?: Record<string, unknown>; result?: unknown; error?: unknown }

const known = new Set([
  ...['tools/call', 'tools/list', 'resources/read', 'resources/subscribe', 'resources/unsubscribe', 'resources/list'],
  ...[
    'resources/templates/list',
    'prompts/get',
    'prompts/list',
    'completion/complete',
    'initialize',
    'server/discover',
  ],
  ...['subscriptions/listen', 'ping', 'logging/setLevel', 'notifications/initialized', 'notifications/cancelled'],
  ...['notifications/progress', 'notifications/roots/list_changed', 'notifications/tasks/status'],
])

const isRefusal = (body: string) => body.includes('"this gateway does not pass requests to the client"')

/** What the policy of this world forbids, told without its code. */
export function forbidden({ method, headers, body }: Arrival): string | null {
  const own = ['x-forwarded-for', 'cookie', 'proxy-authorization', 'authorization'].find((name) => name in headers)
  if (own !== undefined) return `it came with \`${own}\``
  if (method !== 'POST') return headers['mcp-session-id'] === undefined ? 'a stream without a session' : null
  const message = JSON.parse(body) as Body
  if (Array.isArray(message)) return 'a batch'
  // What a target asked was refused.
  if (isRefusal(body)) return null
  if (message.result !== undefined || message.error !== undefined) return 'a response that nobody asked for'
  if (!known.has(message.method ?? '')) return 'an unknown method'
  const { name, uri, ref, arguments: args } = message.params ?? {}
  const refers = message.method === 'completion/complete' ? (ref as { type?: unknown; uri?: unknown }) : null
  if (message.method === 'prompts/get' || refers?.type === 'ref/prompt') return 'prompts are not allowed'
  if (message.method === 'subscriptions/listen' && message.params !== undefined) {
    const { resourceSubscriptions = [], taskIds } = (message.params.notifications ?? {}) as Record<string, unknown>
    if (taskIds !== undefined) return 'tasks that nobody began'
    if (!(resourceSubscriptions as unknown[]).every((one) => String(one).startsWith('file:///ok/')))
      return 'a subscription to a resource that is not allowed'
  }
  if (message.method === 'tools/call') {
    if (typeof name !== 'string' || !name.startsWith('ok_')) return 'a tool that is not allowed'
    if (name === 'ok_thirteen' && (args as { n?: unknown })?.n === 13) return 'arguments that are denied'
    if (name === 'ok_sql' && !/^select 1$/.test(String((args as { sql?: unknown })?.sql)))
      return 'SQL that is not allowed'
  }
  const isRead = /^resources\/(read|subscribe|unsubscribe)$/.test(message.method ?? '')
  if ((isRead || refers !== null) && !String(refers === null ? uri : refers.uri).startsWith('file:///ok/'))
    return 'a resource that is not allowed'
  return null
}

/** Why what a caller was sent is not an answer that it may have; null when it is. */
export function badAnswer(
  { statusCode: status, headers, text }: { statusCode: number; headers: NodeJS.Dict<string | string[]>; text: string },
  asked: string,
): string | null {
  if (![200, 202, 204, 400, 404, 405, 413, 415].includes(status)) return `status ${status}`
  for (const name of ['set-cookie', 'www-authenticate', 'location', 'x-canary', 'content-encoding'])
    if (headers[name] !== undefined) return `the header \`${name}\``
  const type = String(headers['content-type'] ?? '')
  if (text === '') return null
  const messages = type.startsWith('text/event-stream') ? datas(text) : [text]
  for (const one of messages) {
    const value = JSON.parse(one) as object
    const spelled = printed(value) + plain(one)
    if (spelled.includes(canary)) return 'it shows what is masked'
    // Keys mean nothing in lists and in what is about the conversation itself: a schema has them too.
    const isAbout = !('result' in value) || /tools\\?\/call|resources\/read|prompts\/get|completion/.test(asked)
    if (isAbout && spelled.includes(canaryKey)) return 'it shows what is masked by its key'
  }
  return null
}

const printed = (value: object): string => {
  try {
    return JSON.stringify(value)
  } catch {
    // It was deeper than the stack; what it says is in the text itself.
    return ''
  }
}

const datas = (text: string): string[] =>
  text.split('\n\n').flatMap((event) => {
    const found = event.split('\n').find((line) => line.startsWith('data: ') && line.length > 6)
    return found === undefined ? [] : [found.slice(6)]
  })

const plain = (text: string) =>
  text.replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))

type Row = { action: string; resource: string; body: string }

/** Holds what the target saw against the entries: each message that came has one of its own, which says that it was allowed. */
export async function undecided({ pool }: Rough, arrivals: Arrival[]): Promise<string[]> {
  const { rows } = await pool.query<Row>(`select action, resource, body from entries
    where kind in ('call', 'list', 'request', 'notification') and (outcome = '' or action = 'DELETE') order by seq`)
  const entries = new Map<string, { args: unknown; effect: string; used: boolean }[]>()
  for (const { action, body } of rows) {
    const { requestId = null, arguments: args, decision } = JSON.parse(body)
    const key = JSON.stringify([action, requestId])
    entries.set(key, [
      ...(entries.get(key) ?? []),
      { args, effect: action === 'DELETE' ? 'allow' : decision?.effect, used: false },
    ])
  }
  const without = (left: readonly Arrival[], fits: (kept: unknown, sent: unknown) => boolean): Arrival[] =>
    left.filter(({ method, body }) => {
      const message = method === 'POST' ? (JSON.parse(body) as Body) : { method }
      const found = entries.get(JSON.stringify([message.method, message.id ?? null])) ?? []
      const args = argsOf(message)
      const entry = found.find((one) => !one.used && one.effect === 'allow' && (args === null || fits(one.args, args)))
      if (entry !== undefined) entry.used = true
      return entry === undefined
    })
  // What is in the record as it was sent has its entry first: what was masked there fits many.
  const masked = without(
    arrivals.filter(({ body }) => !isRefusal(body)),
    isDeepStrictEqual,
  )
  return without(masked, mayBe).map(({ body }) => `came without an entry: ${body.slice(0, 300)}`)
}

/** What the record holds of it; null where it holds something else, or less. */
function argsOf({ method = '', params = {} }: Body): unknown {
  if (method === 'tools/call' || method === 'prompts/get') return params.arguments ?? {}
  return method.startsWith('notifications/') || method === 'ping' ? params : null
}

/** As far as masks leave it: arguments are masked in the record. */
const mayBe = (kept: unknown, sent: unknown): boolean =>
  JSON.stringify(kept).includes('[masked]') || /"ssn"|@/i.test(JSON.stringify(sent))

export async function recordProblems({ db, pool }: Rough): Promise<string[]> {
  const verifier = new RecordVerifier()
  const auditor = { admin: true, auditor: true } as Viewer
  for await (const line of exportRecord({ viewer: auditor, db })) verifier.take(line)
  const { rows } = await pool.query(
    `select r.id, r.body from entries r left join entries c on c.id = r.call_id
      where r.body like $1 or r.body like $2 and c.kind = 'call'`,
    [`%${canary}%`, `%${canaryKey}%`],
  )
  return [
    ...verifier.end().findings.map(({ where, problem }) => `${where}: ${problem}`),
    ...rows.map(({ id, body }) => `entry ${id} holds what is masked: ${body.slice(0, 400)}`),
  ]
}
