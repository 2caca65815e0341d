import { expect, test } from 'vitest'
import type { Call, Effect } from '../types'
import { compile } from './compile'
import { decide, opensExtension } from './decide'
import { checkDocument } from './document'

const call: Call = {
  principal: { id: 'i#alice', email: null, name: 'Alice', groups: [], claims: {}, kind: 'user' },
  client: { id: 'c', name: 'inspector', version: '1' },
  connection: { id: '1', name: 'shop', targetHash: 'h' },
  action: 'acme/index/rebuild',
  resource: { type: 'server', id: 'shop' },
  ...{ args: {}, tool: null, sql: null, http: null },
}

type Named = { effect: Effect; actions: string[] }
const allow = (...actions: string[]): Named => ({ effect: 'allow', actions })
const deny = (...actions: string[]): Named => ({ effect: 'deny', actions })
const review = (...actions: string[]): Named => ({ effect: 'review', actions })

const asking = ({ effect }: Named) => (effect === 'review' ? { review: { approvers: ['everyone'] } } : {})

const cases: [guarantee: string, rules: Named[], opens: boolean, effect: Effect][] = [
  ['without a rule a method of an extension is none', [], false, 'deny'],
  ['`*` opens none', [allow('*')], false, 'deny'],
  ['what is written for MCP opens none', [allow('tools/call', 'prompts/*', 'resources/read')], false, 'deny'],
  ['its name opens it', [allow('acme/index/rebuild')], true, 'allow'],
  ['its namespace opens it', [allow('acme/*')], true, 'allow'],
  ['another name does not', [allow('acme/index/drop', 'acme/index')], false, 'deny'],
  ['beside others', [allow('tools/call', 'acme/index/rebuild')], true, 'allow'],
  ['`*` denies all', [allow('acme/*'), deny('*')], true, 'deny'],
  ['`*` asks a person about what another rule opened', [allow('acme/*'), review('*')], true, 'review'],
  ['a review rule for `*` opens none', [review('*')], false, 'deny'],
  ['beside an allow rule for `*` neither', [allow('*'), review('*')], false, 'deny'],
  ['a review rule that names it opens it', [review('acme/*'), allow('*')], true, 'review'],
  ['a deny rule opens none', [deny('acme/*')], false, 'deny'],
]
for (const [guarantee, rules, opens, effect] of cases)
  test(`promise 1: ${guarantee}`, () => {
    const role = {
      name: 'r',
      members: ['everyone'],
      rules: rules.map((rule, n) => ({ id: `rule-${n}`, ...rule, ...asking(rule) })),
    }
    const masks = [{ id: 'of-a-tool', resources: ['get_a'], detectors: ['email'] }]
    const read = checkDocument({ roles: [role], masks })
    if (!read.ok) throw new Error(JSON.stringify(read.problems))
    const policy = compile(1, read.document)
    expect(opensExtension(policy, call.principal, 'shop', call.action)).toBe(opens)
    const decision = decide(policy, call, { grants: [], digest: null }, new Date())
    expect(decision.effect).toBe(effect)
    // Its answer may be about anything.
    expect(decision.masks).toHaveLength(1)
  })
