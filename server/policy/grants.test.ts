import { describe, expect, test } from 'vitest'
import { compile } from './compile'
import { PolicyDocument } from './document'
import { askingRules, lapseOf } from './grants'

const rule = (id: string, minutes: number) => ({
  ...{ id, effect: 'review', connections: ['shop'], resources: ['refund'] },
  review: { approvers: [{ claim: 'groups', value: 'leads' }], scope: 'tool', maxMinutes: minutes },
})
const policyOf = (...rules: object[]) =>
  askingRules(compile(1, PolicyDocument.parse({ roles: [{ name: 'all', members: ['everyone'], rules }], masks: [] })))
const both = policyOf(rule('big', 10), rule('every', 10))
const hashes = [...both]

const leads = (targetHash: string, hash: string) => ({ targetHash, tools: new Map([['refund', { hash }]]) })
const here = leads('there', 'as-seen')
const given = {
  digest: null as string | null,
  resource: { type: 'tool' as const, id: 'refund' },
  ...{ targetHash: 'there', toolHash: 'as-seen' as string | null, rules: hashes },
}
const call = { ...given, digest: 'this very call' }

type Case = [what: string, of: Parameters<typeof lapseOf>, lapse: ReturnType<typeof lapseOf>]
const cases: Case[] = [
  ['nothing changed', [given, here, both], null],
  ['the connection is gone', [given, undefined, both], 'connection'],
  ['the connection leads elsewhere', [given, leads('elsewhere', 'as-seen'), both], 'target'],
  ['the tool is described otherwise', [given, leads('there', 'otherwise'), both], 'tool'],
  ['the tool is gone', [given, { ...here, tools: new Map() }, both], 'tool'],
  ['a tool whose description was not kept with the grant', [{ ...given, toolHash: null }, here, both], 'tool'],
  [
    'one of two rules is gone: calls of which only the other asks are covered',
    [given, here, policyOf(rule('big', 10))],
    null,
  ],
  ['both rules say something else', [given, here, policyOf(rule('big', 9), rule('every', 9))], 'rule'],
  ['no rule is left', [given, here, policyOf()], 'rule'],
  [
    'a resource has no description',
    [{ ...given, resource: { type: 'resource', id: 'x:y' }, toolHash: '' }, here, both],
    null,
  ],
  ['one call: nothing changed', [call, here, both], null],
  ['one call: one of two rules is gone', [call, here, policyOf(rule('big', 10))], 'rule'],
  ['one call: the tool is described otherwise', [call, leads('there', 'otherwise'), both], 'tool'],
  ['one call, from before descriptions were kept', [{ ...call, toolHash: null }, here, both], null],
]

describe('why a grant covers nothing any more', () => {
  for (const [what, of, lapse] of cases) test(what, () => expect(lapseOf(...of)).toBe(lapse))
})
