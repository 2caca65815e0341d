import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Call, Decision, Effect, Grant, PolicyDocument, Role, Rule } from '../types'
import { callArb, caseArb, conditions, documentArb, now, type Truth } from './arbitrary.testing'
import { compile } from './compile'
import { couldMatch, decide, rolesOf, visible } from './decide'
import { ruleContentHash } from './digest'

const soak = process.env.SOAK === '1'
const runs = soak ? { numRuns: 100_000 } : { numRuns: 2_000, seed: 20_261_123 }
const timeoutMs = soak ? 3_600_000 : 60_000

const truthOf = (rule: Rule, call: Call): Truth =>
  rule.when === null ? true : conditions.find(([text]) => text === rule.when)![1](call)

function globSlow(glob: string, text: string): boolean {
  if (glob === '') return text === ''
  if (glob[0] === '*') return globSlow(glob.slice(1), text) || (text !== '' && globSlow(glob, text.slice(1)))
  return text !== '' && glob[0] === text[0] && globSlow(glob.slice(1), text.slice(1))
}
const anySlow = (globs: string[], text: string) => globs.some((glob) => globSlow(glob, text))

function hasRole(role: Role, { principal }: Call): boolean {
  for (const member of role.members) {
    if (member === 'everyone') return true
    const claim = member.claim === 'groups' ? principal.groups : principal.claims[member.claim]
    if (claim === member.value || (Array.isArray(claim) && claim.includes(member.value))) return true
  }
  return false
}

/** The rule of the house, said as plainly as it can be: look at everything, in order. */
function decideSlow(
  document: PolicyDocument,
  call: Call,
  grants: Grant[],
  digest: string | null,
): Pick<Decision, 'effect' | 'grantId'> & { rules: string[]; masks: string[]; asked: string[] } {
  const hits: { role: string; rule: Rule }[] = []
  for (const role of document.roles) {
    if (!hasRole(role, call)) continue
    for (const rule of role.rules) {
      if (!anySlow(rule.connections, call.connection.name)) continue
      if (!anySlow(rule.actions, call.action)) continue
      if (!anySlow(rule.resources, call.resource.id)) continue
      const truth = truthOf(rule, call)
      if (truth === true || (truth === 'error' && rule.effect !== 'allow')) hits.push({ role: role.name, rule })
    }
  }
  const mine = document.roles.filter((role) => hasRole(role, call)).map((role) => role.name)
  const masks = document.masks
    .filter((mask) => anySlow(mask.connections, call.connection.name) && anySlow(mask.resources, call.resource.id))
    .filter((mask) => !mask.except.some((role) => mine.includes(role)))
    .map((mask) => mask.id)
  const of = (effect: Effect) => hits.filter((hit) => hit.rule.effect === effect)
  const rules = [...of('deny'), ...of('review'), ...of('allow')].map(({ role, rule }) => `${role}/${rule.id}`)
  const plain = { rules, masks, asked: [], grantId: null }
  if (of('deny').length > 0 || hits.length === 0) return { effect: 'deny', ...plain }
  if (of('review').length === 0) return { effect: 'allow', ...plain }
  const hashes = of('review').map(({ role, rule }) => ruleContentHash(role, rule))
  const good = grants.filter((grant) => {
    const live =
      grant.revokedAt === null &&
      grant.endsAt.getTime() > now.getTime() &&
      (grant.maxUses === null || grant.used < grant.maxUses)
    const mineToo = grant.principalId === call.principal.id && grant.connectionId === call.connection.id
    const names = hashes.every((hash) => grant.rules.includes(hash))
    const exact = grant.digest !== null && grant.digest === digest
    const tool =
      grant.digest === null &&
      grant.action === call.action &&
      grant.resource.type === call.resource.type &&
      grant.resource.id === call.resource.id &&
      of('review').every(({ rule }) => rule.review!.scope === 'tool') &&
      (grant.when === null || conditions.find(([text]) => text === grant.when)![1](call) === true)
    return live && mineToo && names && (exact || tool)
  })
  const first = good.sort(
    (a, b) => (a.digest === null ? 1 : 0) - (b.digest === null ? 1 : 0) || a.endsAt.getTime() - b.endsAt.getTime(),
  )[0]
  if (first !== undefined) return { effect: 'allow', ...plain, grantId: first.id }
  return { effect: 'review', ...plain, asked: hashes }
}

test(
  'decide agrees with a slow and obvious reference',
  () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(caseArb, ({ document, call, grants, digest }) => {
        const decision = decide(compile(7, document), call, { grants, digest }, now)
        const { effect, grantId, rules, masks, asked } = decision
        seen.add(grantId === null ? effect : 'granted')
        expect({
          effect,
          grantId,
          rules: rules.map(({ role, rule }) => `${role}/${rule}`),
          masks: masks.map((mask) => mask.id),
          asked: asked.map((rule) => rule.contentHash),
        }).toEqual(decideSlow(document, call, grants, digest))
        expect(decision.version).toBe(7)
      }),
      runs,
    )
    expect([...seen].sort()).toEqual(['allow', 'deny', 'granted', 'review'])
  },
  timeoutMs,
)

test(
  'a list never hides what a call could use, and shows nothing that no rule speaks of',
  () => {
    const seen = new Set<boolean>()
    fc.assert(
      fc.property(documentArb, callArb, (document, call) => {
        const policy = compile(1, document)
        const shown = couldMatch(policy, { ...call, args: {}, sql: null }, now)
        seen.add(shown)
        const decision = decide(policy, call, { grants: [], digest: null }, now)
        if (decision.effect !== 'deny') expect(shown).toBe(true)
        const mentioned = document.roles.some(
          (role) =>
            hasRole(role, call) &&
            role.rules.some(
              (rule) =>
                rule.effect !== 'deny' &&
                anySlow(rule.connections, call.connection.name) &&
                anySlow(rule.resources, call.resource.id),
            ),
        )
        if (!mentioned) expect(shown).toBe(false)
        if (shown) expect(visible(policy, call.principal, call.connection.name)).toBe(true)
      }),
      runs,
    )
    expect(seen.size).toBe(2)
  },
  timeoutMs,
)

test('roles are those whose members name a claim of the person', () => {
  fc.assert(
    fc.property(documentArb, callArb, (document, call) => {
      const want = document.roles.filter((role) => hasRole(role, call)).map((role) => role.name)
      expect(rolesOf(compile(1, document), call.principal)).toEqual(want)
    }),
    { ...runs, numRuns: 500 },
  )
})
