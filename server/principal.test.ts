import { describe, expect, test } from 'vitest'
import { principalFrom, principalId } from './principal'
import type { JsonObject, Principal } from './types'

const env = { issuer: 'https://id.example', idTokenClaim: 'sub', accessTokenClaim: 'sub', groupsClaim: 'groups' }
const alice = { sub: 'a1', name: 'Alice Arden', email: 'alice@example.com', groups: ['support'] }

test('alice has one id, whichever token speaks of her', () => {
  const okta = { ...env, accessTokenClaim: 'uid' }
  const console = principalFrom({ sub: 'a1', groups: [] }, 'id', okta)
  const gateway = principalFrom({ sub: 'alice@example.com', uid: 'a1' }, 'access', okta)
  expect(console.id).toBe(gateway.id)
  expect(console.id).toBe(principalId('https://id.example', 'a1'))
})

test('groups are read from the claim that the operator names, and from no other', () => {
  const cognito = { ...env, groupsClaim: 'cognito:groups' }
  const claims = { sub: 'a1', groups: ['admins'], 'cognito:groups': ['support'] }
  expect(principalFrom(claims, 'access', cognito).groups).toEqual(['support'])
  expect(principalFrom({ sub: 'a1', groups: ['admins'] }, 'access', cognito).groups).toEqual([])
  expect(principalFrom({ sub: 'a1' }, 'id', { ...env, groupsClaim: 'constructor' }).groups).toEqual([])
  const one = { sub: 'a1', 'cognito:groups': 'support' }
  expect(() => principalFrom(one, 'access', cognito)).toThrow('the `cognito:groups` of the token are not a list')
  const elsewhere = { sub: 'a1', _claim_names: { 'cognito:groups': 'src1' } }
  expect(() => principalFrom(elsewhere, 'access', cognito)).toThrow('groups are elsewhere')
})

const cases: [guarantee: string, claims: JsonObject, want: Partial<Principal>][] = [
  ['claims become a principal', alice, { id: 'https://id.example#a1', name: 'Alice Arden', groups: ['support'] }],
  ['all claims stay readable for conditions', { ...alice, team: 'red' }, { claims: { ...alice, team: 'red' } }],
  ['no groups claim means no groups', { sub: 'a1' }, { groups: [], name: 'a1', email: null }],
  ['a name falls back to the user name', { sub: 'a1', preferred_username: 'al' }, { name: 'al', email: null }],
  ['an e-mail falls back to an address', { sub: 'a1', upn: 'al@x.org' }, { name: 'al@x.org', email: 'al@x.org' }],
  ['an empty name is no name', { sub: 'a1', name: ' \u202e ' }, { name: 'a1' }],
  ['a name cannot turn the text around it', { sub: 'a1', name: 'Bob\u202e\u0000' }, { name: 'Bob' }],
  ['a person is a user', { sub: 'a1', client_id: 'cli' }, { kind: 'user' }],
  ['a client on its own is a service', { sub: 'job', client_id: 'job' }, { kind: 'service' }],
  ["Entra's app tokens are services", { sub: 'x', idtyp: 'app' }, { kind: 'service' }],
  [
    "Keycloak's service accounts are services",
    { sub: 'x', preferred_username: 'service-account-ci' },
    { kind: 'service' },
  ],
]
describe('principalFrom', () => {
  for (const [guarantee, claims, want] of cases)
    test(guarantee, () => expect(principalFrom(claims, 'access', env)).toMatchObject(want))
})

const refused: [guarantee: string, claims: JsonObject, want: RegExp, field: string][] = [
  ['no subject', { name: 'x' }, /does not say who it is for in `sub`/, 'sub'],
  ['an empty subject', { sub: '' }, /does not say who/, 'sub'],
  ['a subject that is no text', { sub: 7 }, /does not say who/, 'sub'],
  ['a subject with control characters', { sub: 'a\u0000b' }, /does not say who/, 'sub'],
  ['a subject longer than OpenID allows', { sub: 'x'.repeat(256) }, /does not say who/, 'sub'],
  ['groups that are elsewhere', { sub: 'a1', _claim_names: { groups: 'src1' } }, /groups are elsewhere/, 'groups'],
  ['groups that are elsewhere, in the short form', { sub: 'a1', hasgroups: 'true' }, /groups are elsewhere/, 'groups'],
  [
    'groups elsewhere beside some groups',
    { sub: 'a1', groups: ['a'], hasgroups: true },
    /groups are elsewhere/,
    'groups',
  ],
  ['groups that are one text', { sub: 'a1', groups: 'support' }, /not a list of names/, 'groups'],
  ['groups that are not names', { sub: 'a1', groups: ['support', 7] }, /not a list of names/, 'groups'],
  ['groups that are null', { sub: 'a1', groups: null }, /not a list of names/, 'groups'],
]
describe('is refused with what to do', () => {
  for (const [guarantee, claims, want, field] of refused)
    test(guarantee, () => {
      const attempt = () => principalFrom(claims, 'access', env)
      expect(attempt).toThrow(want)
      expect(attempt).toThrow(expect.objectContaining({ code: 'unauthenticated', field }))
    })
})
