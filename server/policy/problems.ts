import type { Member, PolicyDocument, Role, Rule } from '../types'
import { namesExtension } from './actions'
import { type ConnectionFacts, checkConditions, checkRule } from './check-conditions'
import { checkFacts, type MappedConnection } from './check-facts'
import { compileCondition } from './conditions'
import type { Problem } from './document'
import { anyGlob, type Claimant, globMatches, isMember } from './match'
import { listed, membersInWords } from './sentences'

/** What is known of the installation when a draft is looked at. What is not given is not looked for. */
export type World = {
  connections?: (ConnectionFacts & MappedConnection)[]
  /** People whose tokens were seen. */
  people?: (Claimant & { id: string; name: string })[]
}

/**
 * What an admin should know before publishing a document that is well-formed (design.md section 6). Errors must stop the
 * publishing, warnings must not.
 */
export function findProblems(document: PolicyDocument, { connections, people }: World): Problem[] {
  const found: Problem[] = []
  document.roles.forEach((role, r) => {
    found.push(...roleProblems(role, people, `roles.${r}`))
    role.rules.forEach((rule, n) => {
      const path = `roles.${r}.rules.${n}`
      found.push(...ruleProblems(rule, path))
      if (connections !== undefined) found.push(...placeProblems(rule, connections, path))
      if (people !== undefined && rule.review !== null) found.push(...approvalProblems(role, rule, people, path))
    })
  })
  found.push(...shadowProblems(document))
  document.masks.forEach((mask, m) => {
    if (mask.fields.length + mask.detectors.length === 0)
      found.push(warning(`masks.${m}`, 'this mask hides nothing: name fields or detectors'))
    const known = connections?.some(({ name }) => anyGlob(mask.connections, name)) ?? true
    if (!known) found.push(warning(`masks.${m}.connections`, 'no connection has such a name'))
  })
  if (connections !== undefined)
    found.push(...checkConditions(document, Object.fromEntries(connections.map(({ name, tools }) => [name, tools]))))
  return found
}

const warning = (path: string, message: string): Problem => ({
  message,
  path,
  line: null,
  column: null,
  severity: 'warning',
})

function roleProblems({ members, rules }: Role, people: World['people'], path: string): Problem[] {
  if (members.length === 0) return [warning(`${path}.members`, 'nobody has this role: name its members')]
  const found = rules.length === 0 ? [warning(`${path}.rules`, 'this role has no rules')] : []
  const isHad =
    people === undefined ||
    people.length === 0 ||
    people.some((person) => members.some((member) => isMember(member, person)))
  return isHad
    ? found
    : [...found, warning(`${path}.members`, `nobody seen so far has this role (${membersInWords(members)})`)]
}

/** With nothing known of a call, a condition that is false is false for every call. */
function ruleProblems(rule: Rule, path: string): Problem[] {
  if (rule.when === null) return []
  const nothing = {
    principal: undefined,
    client: undefined,
    args: undefined,
    tool: undefined,
    sql: undefined,
    http: undefined,
    now: undefined,
    connection: undefined,
  }
  const answer = compileCondition(rule.when).answer(nothing)
  if (answer === false)
    return [warning(`${path}.when`, 'this rule never matches: its condition is false for every call')]
  return answer === true ? [warning(`${path}.when`, 'this condition is true for every call: leave it out')] : []
}

function placeProblems(rule: Rule, connections: NonNullable<World['connections']>, path: string): Problem[] {
  const claims = [...checkRule(rule, connections, `${path}.when`), ...checkFacts(rule, connections, `${path}.when`)]
  const mine = connections.filter(({ name }) => anyGlob(rule.connections, name))
  if (mine.length === 0)
    return [...claims, warning(`${path}.connections`, 'this rule never matches: no connection has such a name')]
  const onlyTools = rule.actions.every((action) => action === 'tools/call')
  const known = mine.every(({ tools }) => tools.length > 0)
  if (!onlyTools || !known || mine.some(({ tools }) => tools.some(({ name }) => anyGlob(rule.resources, name))))
    return claims
  return [
    ...claims,
    warning(
      `${path}.resources`,
      `this rule never matches: no tool of ${listed(mine.map(({ name }) => `\`${name}\``))} has such a name`,
    ),
  ]
}

/** Nobody approves their own call, so a rule needs enough approvers beside each of its callers. */
function approvalProblems(
  { members }: Role,
  { review }: Rule,
  people: NonNullable<World['people']>,
  path: string,
): Problem[] {
  const has = (list: Member[]) => people.filter((person) => list.some((member) => isMember(member, person)))
  const { approvers, approvals } = review!
  const eligible = has(approvers)
  const at = `${path}.review.approvers`
  const who = `${membersInWords(approvers)}: ${eligible.length} seen so far`
  if (eligible.length < approvals)
    return [
      warning(
        at,
        eligible.length === 0
          ? `nobody could approve this (${who})`
          : `too few could approve this: ${approvals} must (${who})`,
      ),
    ]
  if (eligible.length > approvals) return []
  const stuck = has(members).filter(({ id }) => eligible.some((person) => person.id === id))
  if (stuck.length === 0) return []
  return [
    warning(
      at,
      `too few could approve a call of ${listed(stuck.map(({ name }) => name))}, who may not approve their own`,
    ),
  ]
}

const comparisonsMax = 2_000_000

/** Rules that another one, which always matches where they do, leaves without effect. */
function shadowProblems({ roles }: PolicyDocument): Problem[] {
  const all = roles.flatMap((role, r) => role.rules.map((rule, n) => ({ role, rule, path: `roles.${r}.rules.${n}` })))
  const wide = all.flatMap((each, at) => (each.rule.when === null ? [{ ...each, at }] : []))
  if (all.length * wide.length > comparisonsMax) return []
  return all.flatMap(({ role, rule, path }, at) => {
    const over = wide.find(
      (other) =>
        other.at !== at &&
        outweighs(other, { rule, at }) &&
        appliesToAll(other.role, role) &&
        coversRule(other.rule, rule),
    )
    if (over === undefined) return []
    const name = `\`${over.role.name}/${over.rule.id}\``
    const idle = over.rule.effect === rule.effect
    return [
      warning(
        path,
        idle
          ? `this rule adds nothing to ${name}`
          : `this rule has no effect: ${name} is stricter and always matches too`,
      ),
    ]
  })
}

const strictness = { allow: 0, review: 1, deny: 2 }

/** Of two that say the same, the conditional or the later one is idle; two reviews are two questions. */
function outweighs(wide: { rule: Rule; at: number }, narrow: { rule: Rule; at: number }): boolean {
  if (wide.rule.effect !== narrow.rule.effect) return strictness[wide.rule.effect] > strictness[narrow.rule.effect]
  return narrow.rule.effect !== 'review' && (narrow.rule.when !== null || wide.at < narrow.at)
}

const appliesToAll = (wide: Role, narrow: Role): boolean =>
  wide === narrow ||
  wide.members.includes('everyone') ||
  (narrow.members.length > 0 &&
    narrow.members.every(
      (member) =>
        member !== 'everyone' &&
        wide.members.some(
          (other) => other !== 'everyone' && other.claim === member.claim && other.value === member.value,
        ),
    ))

const coversRule = (wide: Rule, narrow: Rule): boolean =>
  covers(wide.connections, narrow.connections) &&
  narrow.actions.every((one) => covers(speaking(wide, one), [one])) &&
  covers(wide.resources, narrow.resources)

/** `*` opens no method of an extension, see compile.ts. */
const speaking = ({ effect, actions }: Rule, action: string): string[] =>
  effect === 'deny' || !namesExtension(action) ? actions : actions.filter(namesExtension)

/** A glob matches all that another does exactly when it matches that one's text, its `*` taken as a character of its own. */
const covers = (wide: string[], narrow: string[]): boolean =>
  narrow.every((glob) => wide.some((other) => globMatches(other, glob)))
