import type { Context } from '../../context'
import { nearMisses } from '../../policy/advice'
import type { CompiledPolicy } from '../../policy/compile'
import { decide } from '../../policy/decide'
import { httpFacts } from '../../policy/http-facts'
import { loadSql, sqlFacts } from '../../policy/sql/facts'
import type { JsonObject, Principal } from '../../types'
import { readCatalog } from '../world'
import { decisionAnswer } from './rule-answers'
import type { TryAnswer } from './schemas'
import { callOf, type Thing } from './who'

export type Tried = Thing & { args: JsonObject; at?: string | undefined }

/** Decides a call that nobody makes, with nothing approved. */
export async function tryCall(
  ctx: Context,
  policy: CompiledPolicy,
  person: Principal,
  tried: Tried,
): Promise<TryAnswer> {
  const catalog = await readCatalog(ctx.db)
  const { args, action, resource, at } = tried
  const connection = catalog.find(({ name }) => name === tried.connection)
  const isTool = action === 'tools/call'
  const known = isTool ? connection?.sql.find(({ tool }) => tool === resource) : undefined
  // The copy of the parser that Next built loads on its own.
  await loadSql()
  const sql = known === undefined ? null : sqlFacts(args[known.argument], known.dialect, connection?.schema ?? 'public')
  const http = isTool && connection !== undefined ? httpFacts(connection, resource, args) : null
  const call = { ...callOf(person, tried, catalog), args, sql, http }
  const decision = decide(policy, call, { grants: [], digest: null }, at === undefined ? new Date() : new Date(at))
  return {
    ask: 'try',
    person: person.email ?? person.name,
    decided: decisionAnswer(
      decision,
      decision.masks.map((mask) => mask.id),
      policy.document,
    ),
    near: decision.effect === 'deny' ? nearMisses(policy, call, decision) : [],
    facts: { sql, http },
  }
}
