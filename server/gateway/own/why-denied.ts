import { Refusal } from '../../errors'
import { liveGrants } from '../../grants/live-grants'
import { toolAccess } from '../../policy/ahead'
import { decide } from '../../policy/decide'
import { callDigest } from '../../policy/digest'
import { httpFacts } from '../../policy/http-facts'
import { sqlFacts } from '../../policy/sql/facts'
import { toolFacts } from '../../policy/tool-facts'
import { runtime } from '../../runtime'
import type { Call, Decision, JsonObject, Principal } from '../../types'
import { publicText } from '../denial'
import { quarantineDenial } from '../pins'
import { resolve } from '../resolve'

type Input = { connection: string; tool: string; arguments: JsonObject }

/** Decides one call as it would be decided now, grants included, and says what can be done. Nothing is recorded, and nothing runs. */
export async function whyDenied(principal: Principal, input: Input): Promise<JsonObject> {
  const connection = resolve(input.connection, principal)
  if (connection === null) throw new Refusal('not-found', 'there is no such connection, or no role of yours may use it')
  const { db, keys } = runtime()
  const policy = runtime().policy.current()
  const known = connection.tools.get(input.tool)
  const sql = connection.sql.find(({ tool }) => tool === input.tool)
  const call: Call = {
    principal,
    client: { id: '', name: '', version: '' },
    connection: { id: connection.id, name: connection.name, targetHash: connection.targetHash },
    action: 'tools/call',
    resource: { type: 'tool', id: input.tool },
    args: input.arguments,
    ...toolFacts(known),
    sql: sql === undefined ? null : sqlFacts(input.arguments[sql.argument], sql.dialect, connection.schema),
    http: httpFacts(connection, input.tool, input.arguments),
  }
  const now = new Date()
  const first = decide(policy, call, { grants: [], digest: null }, now)
  const digest = callDigest(keys.digest, {
    ...{ principal: principal.id, connectionId: connection.id, targetHash: connection.targetHash },
    ...{ action: call.action, resource: call.resource, toolHash: call.toolHash ?? '', args: call.args },
    rules: first.asked.map((rule) => rule.contentHash),
  })
  const grants = first.effect === 'review' ? await liveGrants(db, principal.id, connection) : []
  const decision = decide(policy, call, { grants, digest }, now)
  const tool = { name: input.tool, ...toolFacts(known) }
  const askable = toolAccess(policy, principal, connection, tool, now).access === 'asks'
  const stop = decision.effect === 'deny' ? null : quarantineDenial({ call, connection }, decision)
  return {
    decision: stop === null ? decision.effect : 'deny',
    why: publicText[stop?.reason ?? decision.reason],
    rules: decision.rules.map(({ role, rule, effect }) => `${effect}: rule \`${rule}\` of role \`${role}\``),
    couldNotBeEvaluated: decision.errors,
    ...(call.sql === null ? {} : { sql: { ...call.sql } }),
    whatNow: stop?.detail ?? whatNow(decision, askable),
    policyVersion: decision.version,
  }
}

function whatNow({ effect, reason, asked }: Decision, askable: boolean): string {
  if (effect === 'allow') return 'call it; it runs without asking'
  if (effect === 'deny')
    return reason === 'no-matching-rule'
      ? 'no role of yours allows this; ask an administrator to give you one that does'
      : 'a rule forbids this, and nobody can approve it; do without, or ask an administrator about that rule'
  const minutes = Math.min(...asked.map((rule) => rule.review.maxMinutes))
  const ahead = askable ? `, or ask ahead with request_access for up to ${minutes} minutes` : ''
  const why = asked.some((rule) => rule.review.reason === 'required') ? '; say why you need it' : ''
  return `call it, and a person is asked${ahead}${why}`
}
