import type { AgentView } from '../../server/agents/schemas'
import type { ConnectionView, ToolView } from '../../server/connections/schemas'
import type { ClientRequestKind, HttpVerb, Pinning, SqlArgument } from '../../server/types'

/** An agent as the form offers it. */
export type AgentChoice = { name: string; online: boolean; targets: string[] }

export const agentChoices = (agents: AgentView[]): AgentChoice[] =>
  agents.flatMap(({ name, state, online, targets }) => (state === 'enrolled' ? [{ name, online, targets }] : []))

export type HeaderRow = { key: string; name: string; value: string }
export type SqlRow = SqlArgument & { key: string }
export type HttpRow = HttpVerb & { key: string }
export type Values = {
  name: string
  transport: 'http' | 'agent'
  url: string
  agent: string
  target: string
  /** `keep`: the stored one, which nobody can read. */
  credential: 'keep' | 'none' | 'headers'
  headers: HeaderRow[]
  sql: SqlRow[]
  schema: string
  http: HttpRow[]
  clientRequests: ClientRequestKind[]
  pinning: Pinning
}

let made = 0
export function rowKey(): string {
  made += 1
  return `row-${made}`
}
export const emptyHeader = (): HeaderRow => ({ key: rowKey(), name: 'authorization', value: '' })

export function valuesOf(connection: ConnectionView | null, agent?: string): Values {
  return {
    name: connection?.name ?? '',
    transport: connection?.transport ?? (agent === undefined ? 'http' : 'agent'),
    url: connection?.url ?? '',
    agent: connection?.agent ?? agent ?? '',
    target: connection?.target ?? '',
    credential: connection?.credential.kind === 'headers' ? 'keep' : 'none',
    headers: [emptyHeader()],
    sql: (connection?.sql ?? []).map((one) => ({ ...one, key: rowKey() })),
    schema: connection?.schema ?? 'public',
    http: (connection?.http ?? []).map((one) => ({ ...one, key: rowKey() })),
    clientRequests: connection?.clientRequests ?? [],
    pinning: connection?.pinning ?? 'warn',
  }
}

const originOf = ({ transport, url, agent, target }: Values): string =>
  transport === 'agent' ? `agent ${agent} ${target}` : URL.canParse(url) ? new URL(url).origin : url

/** Whether a stored credential would be sent somewhere it was not meant for. */
export const movesAway = (before: Values, now: Values): boolean => originOf(before) !== originOf(now)

export const leadsElsewhere = (before: Values, now: Values): boolean =>
  before.transport !== now.transport || (now.transport === 'http' ? before.url !== now.url : movesAway(before, now))

const credentialOf = ({ transport, credential, headers }: Values): object | null | undefined => {
  if (transport === 'agent' || credential === 'none') return null
  if (credential === 'keep') return undefined
  return { type: 'headers', headers: Object.fromEntries(headers.map(({ name, value }) => [name.trim(), value])) }
}

/** What the endpoints take; `credential` is left out when the stored one stays. */
export function bodyOf(values: Values): object {
  const { transport, url, agent, target, sql, http, schema, clientRequests, pinning } = values
  const place = transport === 'http' ? { transport, url: url.trim() } : { transport, agent, target: target.trim() }
  const statements = sql.map(({ tool, argument, dialect }) => ({ tool, argument, dialect }))
  const credential = transport === 'agent' ? undefined : credentialOf(values)
  return {
    ...place,
    sql: statements,
    http: http.map(({ tool, method, path }) => ({ tool: tool.trim(), method, path: path.trim() })),
    schema,
    clientRequests,
    pinning,
    ...(credential === undefined ? {} : { credential }),
  }
}

type Schema = { properties?: Record<string, { type?: unknown }>; required?: unknown }

/** Arguments that look like SQL and are not marked yet. */
export function sqlCandidates(tools: ToolView[], marked: SqlArgument[]): { tool: string; argument: string }[] {
  return tools.flatMap(({ name, description, inputSchema }) => {
    const properties = Object.entries((inputSchema as Schema | null)?.properties ?? {})
    const speaks = /\bsql\b/i.test(`${name} ${description}`)
    return properties
      .filter(
        ([argument, { type }]) =>
          type === 'string' && (/sql|statement/i.test(argument) || (speaks && argument === 'query')),
      )
      .filter(([argument]) => !marked.some((one) => one.tool === name && one.argument === argument))
      .map(([argument]) => ({ tool: name, argument }))
  })
}

/** What to know of a mapped tool before it is saved: where there would never be a path, or not always. */
export function placeProblem({ tool, path }: HttpVerb, tools: ToolView[]): string | null {
  const known = tools.find(({ name }) => name === tool)
  if (known === undefined) return tools.length === 0 || tool === '' ? null : `the catalog has no tool \`${tool}\``
  const { properties = {}, required } = (known.inputSchema as Schema | null) ?? {}
  const places = [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name!)
  const missing = places.find((name) => !Object.hasOwn(properties, name))
  if (missing !== undefined) return `\`${missing}\` is no argument of \`${tool}\``
  const open = places.find((name) => !Array.isArray(required) || !required.includes(name))
  if (open === undefined) return null
  return `\`${open}\` may be left out: such a call has no path, so no rule that reads it lets it through`
}
