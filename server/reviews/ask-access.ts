import type { Context, Database } from '../context'
import { Refusal } from '../errors'
import type { Keys } from '../keys'
import { toolAccess } from '../policy/ahead'
import { type CompiledPolicy, visible } from '../policy/decide'
import { callDigest } from '../policy/digest'
import { type PinnedHints, toolFacts } from '../policy/tool-facts'
import type { AskedRule, Call, Client, Connection, Principal } from '../types'
import { openReview, type ReviewTicket } from './open-review'
import { AskAccess } from './schemas'

type Target = Connection & { tools: Map<string, PinnedHints> }
export type Asking = {
  db: Database
  keys: Pick<Keys, 'seal' | 'digest'>
  policy: CompiledPolicy
  connections: Target[]
}

const console = { id: '', name: 'the console', version: '' }

/** For the person signed in. */
export const askAccess = ({ viewer }: Context, asking: Asking, input: AskAccess): Promise<ReviewTicket> =>
  askAccessAs(viewer, console, asking, input)

/** Asks for tools of a connection ahead, for a time: the same question to the same people as a call would raise. */
export async function askAccessAs(
  principal: Principal,
  client: Client,
  { db, keys, policy, connections }: Asking,
  input: AskAccess,
): Promise<ReviewTicket> {
  const { connection: name, minutes, reason, ...wanted } = AskAccess.parse(input)
  const tools = [...new Set(wanted.tools)].sort()
  const connection = connections.find((one) => one.name === name)
  if (connection === undefined || !visible(policy, principal, name))
    throw new Refusal('not-found', 'there is no such connection, or no role of yours may use it', 'connection')
  const asked = rulesOf(policy, principal, connection, tools)
  const most = Math.min(...asked.map((rule) => rule.review.maxMinutes))
  if (minutes > most) throw new Refusal('invalid', `the rules allow at most ${most} minutes`, 'minutes')
  const call: Call = {
    ...{ principal, client, action: 'tools/call' },
    connection: { id: connection.id, name, targetHash: connection.targetHash },
    resource: { type: 'server', id: name },
    ...{ args: { tools, minutes }, tool: null, sql: null, http: null },
  }
  const hashes = tools.map((tool) => connection.tools.get(tool)?.hash ?? '')
  const digest = callDigest(keys.digest, {
    ...{ principal: principal.id, connectionId: connection.id, targetHash: connection.targetHash },
    toolHash: hashes.join(' '),
    ...{ action: call.action, resource: call.resource, args: call.args },
    rules: asked.map((rule) => rule.contentHash),
  })
  const about = { sessionId: null, asked, argumentsMasked: call.args, reason, policyVersion: policy.version }
  const ticket = await openReview(db, keys, { digest, call, ...about, wanted: { tools, minutes, hashes } })
  if (ticket === 'too-many')
    throw new Refusal('too-many', 'too many of your questions wait already; wait for an answer or cancel some')
  if (ticket === 'muted') throw new Refusal('too-many', 'an approver wants no new questions of yours for a while')
  if (ticket === 'repeated')
    throw new Refusal('too-many', 'this was denied or taken back several times just now; try again in ten minutes')
  return ticket
}

/** Every rule that could ask about one of the tools; refuses tools that need no asking, and those that nobody can give. */
function rulesOf(policy: CompiledPolicy, principal: Principal, connection: Target, tools: string[]): AskedRule[] {
  const found = new Map<string, AskedRule>()
  for (const name of tools) {
    const tool = { name, ...toolFacts(connection.tools.get(name)) }
    const { access, asked } = toolAccess(policy, principal, connection, tool, new Date())
    if (access !== 'asks') throw new Refusal('invalid', whyNot(name)[access], 'tools')
    for (const rule of asked) found.set(rule.contentHash, rule)
  }
  return [...found.values()]
}

const whyNot = (tool: string) => ({
  denied: `no rule lets anybody give you \`${tool}\`; an administrator would have to add one`,
  allowed: `you need not ask for \`${tool}\`; call it`,
  'asks-each': `every call of \`${tool}\` is looked at by itself; call it, and it is asked then`,
})
