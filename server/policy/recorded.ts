import type { Call, Decision, HttpFacts, JsonObject, Principal, SqlFacts, ToolHints } from '../types'
import type { CompiledPolicy } from './compile'
import { type Seen, seenBy } from './conditions'
import { decideSeen } from './decide'
import { isMember } from './match'

/** What the record kept of a call. */
export type Recorded = {
  at: Date
  /** E-mail address, or else name. */
  person: { id: string; shown: string; groups: string[]; kind: Principal['kind'] }
  /** Claims whose values are known; those in `absent` were not in the token. */
  named: JsonObject
  absent: string[]
  connection: { id: string; name: string }
  action: string
  resource: string
  /** As they were when `isWhole`, else masked, or nothing of them. */
  args: JsonObject
  isWhole: boolean
  /** Else the record does not hold the four that follow. */
  hasFacts: boolean
  sql: SqlFacts | null
  http: HttpFacts | null
  /** Its path holds values that were masked. */
  httpIsMasked?: boolean
  tool: ToolHints | null
  /** Null in entries from before this was recorded. */
  toolIsPinned: boolean | null
}

export type Retold = { decision: Decision } | { cannotTell: string }

const types = { 'tools/call': 'tool', 'resources/read': 'resource', 'prompts/get': 'prompt' } as const

/**
 * Decides a recorded call under a policy, at the time it was made and with nothing approved. Where the policy asks for
 * something that the record does not hold the answer is why not, never a guess.
 */
export function decideRecorded(policy: CompiledPolicy, recorded: Recorded): Retold {
  const { person, named, connection, action, resource, args, sql, http, tool, at } = recorded
  const principal: Principal = {
    id: person.id,
    email: person.shown.includes('@') ? person.shown : null,
    name: person.shown,
    groups: person.groups,
    claims: named,
    kind: person.kind,
  }
  const unsure = unknownRole(policy, principal, recorded)
  if (unsure !== null) return { cannotTell: `the claim \`${unsure}\` was not recorded` }
  const call: Call = {
    principal,
    client: { id: '', name: '', version: '' },
    connection: { ...connection, targetHash: '' },
    action,
    resource: { type: types[action as keyof typeof types] ?? 'server', id: resource },
    ...{ args, sql, http, tool, toolIsPinned: recorded.toolIsPinned === true },
  }
  const missed = new Set<string>()
  const decision = decideSeen(policy, call, guarded(seenBy(call, at), recorded, missed), nothing, at)
  const [first] = missed
  return first === undefined ? { decision } : { cannotTell: first }
}

const nothing = { grants: [], digest: null }

/** A claim that decides whether the person has a role that speaks of this call, and that the record does not hold. */
function unknownRole(policy: CompiledPolicy, person: Principal, recorded: Recorded): string | null {
  const { named, absent, connection, action, resource } = recorded
  const unknown = policy.claims.filter((claim) => !Object.hasOwn(named, claim) && !absent.includes(claim))
  if (unknown.length === 0) return null
  const excepted = new Set(policy.masksOn(connection.name, resource).flatMap((mask) => mask.except))
  for (const role of policy.roles) {
    const { name, members } = role.role
    const open = members.find((member) => member !== 'everyone' && unknown.includes(member.claim))
    if (open === undefined || open === 'everyone' || members.some((member) => isMember(member, person))) continue
    if (excepted.has(name) || role.rulesFor(connection.name, action, resource).length > 0) return open.claim
  }
  return null
}

const facts = ['sql', 'http', 'tool', 'toolIsPinned'] as const

/** What conditions see, with a note of each look at something that is not known. */
function guarded(seen: Seen, recorded: Recorded, missed: Set<string>): Seen {
  const { person, named, absent, isWhole, hasFacts, toolIsPinned } = recorded
  const guard = <T extends object>(target: T, key: keyof T, why: string): T =>
    Object.defineProperty(target, key, {
      enumerable: true,
      get: () => {
        missed.add(why)
        return undefined
      },
    })
  const look = (key: string | symbol) => {
    if (typeof key !== 'string' || key in Object.prototype || key === 'groups') return
    if (!Object.hasOwn(named, key) && !absent.includes(key)) missed.add(`the claim \`${key}\` was not recorded`)
  }
  const claims = new Proxy({ groups: person.groups, ...named } as JsonObject, {
    getOwnPropertyDescriptor(target, key) {
      look(key)
      return Reflect.getOwnPropertyDescriptor(target, key)
    },
    has(target, key) {
      look(key)
      return Reflect.has(target, key)
    },
    get(target, key) {
      look(key)
      return Reflect.get(target, key)
    },
    ownKeys(target) {
      missed.add('not all claims were recorded')
      return Reflect.ownKeys(target)
    },
  })
  const principal = { ...(seen.principal as object), claims }
  if (person.shown.includes('@')) guard(principal as { name?: unknown }, 'name', "the person's name was not recorded")
  const view = guard({ ...seen, principal }, 'client', 'what the client called itself was not recorded whole')
  if (recorded.httpIsMasked === true && recorded.http !== null)
    Object.assign(view, { http: guard({ ...recorded.http }, 'path', 'the path was recorded masked') })
  if (!hasFacts) for (const fact of facts) guard(view, fact, 'what the call does was too long for the record')
  else if (toolIsPinned === null) guard(view, 'toolIsPinned', 'whether its tools were pinned was not recorded')
  return isWhole ? view : guard(view, 'args', 'the arguments were recorded masked or cut')
}
