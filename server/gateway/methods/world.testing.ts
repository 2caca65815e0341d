import type { IncomingHttpHeaders } from 'node:http'
import { metaKeys } from '../../mcp/revisions'
import type { JsonObject } from '../../types'
import { type Rough, startRough } from '../hostile/world.testing'

export type Arrival = { method: string; url: string; headers: IncomingHttpHeaders; body: JsonObject; text: string }
export type Answer = { status: number; text: string; json: JsonObject; arrived: Arrival | null; session: string | null }
export type Asking = {
  era?: 'legacy' | 'modern'
  person?: string
  connection?: string
  session?: string
  headers?: [name: string, value: string][]
  capabilities?: JsonObject
}

/** A gateway before a target that answers as `results` says, and keeps what arrived. */
export type World = {
  rough: Rough
  ask(method: string, params: JsonObject, asking?: Asking): Promise<Answer>
  send(text: string, asking: Asking & { headers: [string, string][] }): Promise<Answer>
  stop(): Promise<void>
}
/** The whole body, with no type where it is empty. */
export type Raw = { raw: string; type: string; status?: number }
type Results = (method: string, params: JsonObject, arrival: Arrival) => JsonObject | Raw

export async function startWorld(
  policy: { roles: object[]; masks?: object[] },
  results: Results,
  connections: Parameters<typeof startRough>[0]['connections'] = { target: {} },
  env: Record<string, string> = {},
): Promise<World> {
  const arrivals: Arrival[] = []
  const rough = await startRough({
    policy,
    connections,
    env,
    respond: (request, response, text) => {
      const body = JSON.parse(text === '' ? '{}' : text) as JsonObject
      const arrival = { method: String(body.method), url: request.url ?? '', headers: request.headers, body, text }
      arrivals.push(arrival)
      const made = results(arrival.method, (body.params ?? {}) as JsonObject, arrival)
      const own = typeof made.raw === 'string' ? (made as Raw) : null
      const type = own?.type ?? 'application/json'
      response.writeHead(own?.status ?? (body.id === undefined ? 202 : 200), {
        ...(type === '' ? {} : { 'content-type': type }),
        'mcp-session-id': 'theirs',
      })
      response.end(own?.raw ?? JSON.stringify({ jsonrpc: '2.0', id: body.id, result: made }))
    },
  })
  const send: World['send'] = async (text, { person = 'alice', connection = 'target', headers }) => {
    const before = arrivals.length
    const answer = await rough.send({ person, connection, headers, body: text })
    const said = await answer.body.text()
    const data = said.startsWith('{') ? said : (/^data: (.*)$/m.exec(said)?.[1] ?? '{}')
    const session = answer.headers['mcp-session-id']
    return {
      status: answer.statusCode,
      text: said,
      json: JSON.parse(data) as JsonObject,
      arrived: arrivals.slice(before).at(-1) ?? null,
      session: typeof session === 'string' ? session : null,
    }
  }
  const ask: World['ask'] = (method, params, asking = {}) => {
    const { era = 'modern', capabilities = {}, session, headers = [] } = asking
    const isModern = era === 'modern'
    const _meta = { [metaKeys.protocolVersion]: '2026-07-28', [metaKeys.clientCapabilities]: capabilities }
    const whole = isModern ? { ...params, _meta: { ...(params._meta as JsonObject | undefined), ..._meta } } : params
    const id = method.startsWith('notifications/') ? {} : { id: 1 }
    const name = params.name ?? params.uri ?? params.taskId
    const own: [string, string][] = isModern
      ? [['mcp-protocol-version', '2026-07-28'], ['mcp-method', method], ...named(name)]
      : [
          ['mcp-protocol-version', '2025-11-25'],
          ...(session === undefined ? [] : [['mcp-session-id', session] as [string, string]]),
        ]
    const given = new Set(headers.map(([header]) => header))
    const message = { jsonrpc: '2.0', ...id, method, params: whole }
    return send(JSON.stringify(message), {
      ...asking,
      headers: [...own.filter(([header]) => !given.has(header)), ...headers],
    })
  }
  return { rough, ask, send, stop: () => rough.stop() }
}

const named = (name: unknown): [string, string][] => (typeof name === 'string' ? [['mcp-name', name]] : [])
