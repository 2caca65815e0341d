import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomPKCECodeVerifier,
} from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import type { Env } from '../env'
import { deriveKeys } from '../keys'
import { signInThrough } from '../local/sign-in'
import type { JsonObject, Viewer } from '../types'
import { configuredEnv, consoleClient, startIssuer, type TestIssuer } from './issuer.testing'
import { keepFresh } from './keep-fresh'
import { refreshGroups, rereadGroups } from './refresh-groups'
import { relyingParty, type Tokens } from './relying-party'
import { closeSignIn, openSignIn, viewerOf } from './sign-ins'
import { verifyToken } from './verify-token'

const keys = deriveKeys('a secret of at least thirty-two bytes')
let database: TestDatabase
let issuer: TestIssuer
let env: Env
const parts = (place = env) => ({ env: place, keys, db: database.db })

beforeAll(async () => {
  database = await startTestDatabase()
  issuer = await startIssuer({ clients: [consoleClient] })
  env = configuredEnv(issuer.url, { ADMIN_GROUPS: 'ops', AUDITOR_GROUPS: 'audit' })
})
afterAll(async () => {
  await issuer?.close()
  await database?.stop()
})

/** The code flow at the issuer, up to what next-auth hands us. */
async function flow(person: string, place = env): Promise<{ tokens: Tokens; idClaims: JsonObject }> {
  const configuration = await relyingParty(parts(place))
  const redirect_uri = 'http://localhost:3000/api/auth/callback/oidc'
  const pkceCodeVerifier = randomPKCECodeVerifier()
  const start = buildAuthorizationUrl(configuration, {
    redirect_uri,
    scope: 'openid profile email groups',
    code_challenge: await calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  })
  const back = await signInThrough(start, person, redirect_uri)
  const answer = await authorizationCodeGrant(configuration, back, { pkceCodeVerifier })
  const accessEndsAt = Date.now() + (answer.expiresIn() ?? 0) * 1000
  const { access_token: access, refresh_token: refresh = null, id_token: id = null } = answer
  return { tokens: { access, accessEndsAt, refresh, id }, idClaims: answer.claims() as JsonObject }
}
async function signIn(person: string, place = env): Promise<{ id: string; viewer: Viewer }> {
  const { tokens, idClaims } = await flow(person, place)
  const id = await openSignIn(parts(place), tokens, idClaims)
  const viewer = await viewerOf(parts(place), id)
  if (viewer === null) throw new Error('nobody is signed in')
  return { id, viewer }
}
const person = (name: string, groups: string[] | undefined, more: object = {}) => {
  issuer.people[name] = { name, email: `${name}@example.com`, groups, ...more }
}
const aMinuteLater = async (viewer: Viewer): Promise<Viewer> => {
  await database.asOwner(`update people set groups_read_at = now() - interval '61 seconds' where id = $1`, [viewer.id])
  return { ...viewer, groupsReadAt: new Date(Date.now() - 61_000) }
}

test('alice by token and alice in the console are one id', async () => {
  person('alice', ['support'])
  const { viewer } = await signIn('alice')
  const byToken = await verifyToken(await issuer.accessToken('sallyport', { sub: 'alice' }), env)
  expect('principal' in byToken && byToken.principal.id).toBe(viewer.id)
})

const powers: [guarantee: string, groups: string[] | undefined, admin: boolean, auditor: boolean][] = [
  ['an admin group makes an administrator', ['ops'], true, false],
  ['an auditor group makes an auditor', ['x', 'audit'], false, true],
  ['other groups give nothing', ['ops2', 'OPS'], false, false],
  ['no groups give nothing', undefined, false, false],
]
for (const [guarantee, groups, admin, auditor] of powers)
  test(guarantee, async () => {
    person('pat', groups)
    expect((await signIn('pat')).viewer).toMatchObject({ admin, auditor, groups: groups ?? [], name: 'pat' })
  })

test('groups under another name are read at the sign-in and again later', async () => {
  const claim = 'https://example.com/groups'
  const theirs = await startIssuer({
    clients: [consoleClient],
    settings: { claims: { openid: ['sub'], profile: ['name', claim], email: ['email'] } },
  })
  const place = configuredEnv(theirs.url, { ADMIN_GROUPS: 'ops', OIDC_GROUPS_CLAIM: claim })
  try {
    theirs.people.nia = { name: 'nia', [claim]: ['ops'], groups: ['support'] }
    const { viewer } = await signIn('nia', place)
    expect(viewer).toMatchObject({ admin: true, groups: ['ops'] })
    theirs.people.nia = { name: 'nia', [claim]: ['sales'] }
    expect(await refreshGroups(parts(place), await aMinuteLater(viewer))).toMatchObject({
      admin: false,
      groups: ['sales'],
    })
    theirs.people.nia = { name: 'nia' }
    expect((await refreshGroups(parts(place), await aMinuteLater(viewer))).groups).toEqual([])
  } finally {
    await theirs.close()
  }
})

describe('groups in the console', () => {
  const minutesLater = (id: string) =>
    database.asOwner(`update people set groups_read_at = now() - interval '6 minutes' where id = $1`, [id])
  const viewerIn = (id: string, place = env) => keepFresh(parts(place), () => viewerOf(parts(place), id))

  test('are five minutes old at most: whoever is taken out of one loses what it gave', async () => {
    person('cyd', ['ops'])
    const { id, viewer } = await signIn('cyd')
    person('cyd', [])
    const before = issuer.asked('/token')
    expect(await viewerIn(id)).toMatchObject({ admin: true })
    expect(issuer.asked('/token')).toBe(before)
    await minutesLater(viewer.id)
    const seen = await Promise.all(Array.from({ length: 8 }, () => viewerIn(id)))
    expect(seen.map((one) => one?.admin)).toEqual(Array(8).fill(false))
    expect(issuer.asked('/token')).toBe(before + 1)
  })

  test('stay where the issuer says nothing of them, which is not asked by every request', async () => {
    person('dan', ['ops'])
    const { id, viewer } = await signIn('dan')
    const revoked = keys.seal('revoked', `people:${viewer.id}:refresh`)
    await database.asOwner('update people set refresh_sealed = $2 where id = $1', [viewer.id, revoked])
    await minutesLater(viewer.id)
    const before = issuer.asked('/token')
    for (let n = 0; n < 20; n += 1) expect(await viewerIn(id)).toMatchObject({ admin: true })
    expect(issuer.asked('/token')).toBe(before + 1)
  })
})

describe('groups for a vote', () => {
  test('are the ones of the last minute, without asking again', async () => {
    person('bob', ['leads'])
    const { viewer } = await signIn('bob')
    const before = issuer.asked('/token')
    expect(await refreshGroups(parts(), viewer)).toBe(viewer)
    expect(issuer.asked('/token')).toBe(before)
  })

  test('are read from the issuer once older, and shown everywhere from then on', async () => {
    person('bob', ['leads', 'ops'])
    const { id, viewer } = await signIn('bob')
    person('bob', ['nothing'])
    const fresh = await refreshGroups(parts(), await aMinuteLater(viewer))
    expect(fresh).toMatchObject({ id: viewer.id, groups: ['nothing'], admin: false, name: 'bob' })
    expect(Date.now() - fresh.groupsReadAt.getTime()).toBeLessThan(60_000)
    expect(await viewerOf(parts(), id)).toMatchObject({ groups: ['nothing'], admin: false })
  })

  test('that the issuer no longer mentions are gone', async () => {
    person('bob', ['leads'], { email: 'bob@example.com' })
    const { viewer } = await signIn('bob')
    person('bob', undefined)
    expect((await refreshGroups(parts(), await aMinuteLater(viewer))).groups).toEqual([])
  })

  test('that are now elsewhere are no groups', async () => {
    const thin = { conformIdTokenClaims: true }
    const overflowing = await startIssuer({ clients: [consoleClient], settings: thin, people: issuer.people })
    const place = configuredEnv(overflowing.url)
    person('bob', ['leads'])
    const { viewer } = await signIn('bob', place)
    person('bob', undefined, { _claim_names: { groups: 's' }, _claim_sources: { s: { endpoint: 'https://x' } } })
    const refresh = refreshGroups(parts(place), await aMinuteLater(viewer))
    await expect(refresh).rejects.toMatchObject({ code: 'unauthenticated', field: 'groups' })
    await overflowing.close()
  })

  test('are read once, however many votes come at the same time', async () => {
    person('bob', ['leads'])
    const { viewer } = await signIn('bob')
    const old = await aMinuteLater(viewer)
    const before = issuer.asked('/token')
    const all = await Promise.all(Array.from({ length: 8 }, () => refreshGroups(parts(), old)))
    expect(all.every(({ groups }) => groups[0] === 'leads')).toBe(true)
    expect(issuer.asked('/token')).toBe(before + 1)
  })

  test('come from userinfo when the issuer gives no refresh token', async () => {
    const lean = await startIssuer({
      clients: [consoleClient],
      people: issuer.people,
      settings: { issueRefreshToken: async () => false },
    })
    const place = configuredEnv(lean.url)
    person('bob', ['leads'])
    const { viewer } = await signIn('bob', place)
    person('bob', ['others'])
    expect((await refreshGroups(parts(place), await aMinuteLater(viewer))).groups).toEqual(['others'])
    await lean.close()
  })

  test('that are of no use once cost no sign-in: what the issuer gave in place of the refresh token is kept', async () => {
    const rotating = await startIssuer({
      clients: [consoleClient],
      people: issuer.people,
      settings: { rotateRefreshToken: true, conformIdTokenClaims: true },
    })
    const place = configuredEnv(rotating.url)
    person('bob', ['leads'])
    const { viewer } = await signIn('bob', place)
    person('bob', undefined, { _claim_names: { groups: 's' }, _claim_sources: { s: { endpoint: 'https://x' } } })
    const useless = refreshGroups(parts(place), await aMinuteLater(viewer))
    await expect(useless).rejects.toMatchObject({ field: 'groups' })
    person('bob', ['others'])
    expect(await refreshGroups(parts(place), await aMinuteLater(viewer))).toMatchObject({ groups: ['others'] })
    await rotating.close()
  })

  test('cannot be had after the issuer ended the sign-in: sign in again', async () => {
    person('bob', ['leads'])
    const { viewer } = await signIn('bob')
    await database.asOwner('update people set refresh_sealed = $2 where id = $1', [
      viewer.id,
      keys.seal('revoked', `people:${viewer.id}:refresh`),
    ])
    const refresh = refreshGroups(parts(), await aMinuteLater(viewer))
    await expect(refresh).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringMatching(/sign in again/),
    })
  })

  test('cannot be had while the issuer does not answer: try again', async () => {
    const shy = await startIssuer({ clients: [consoleClient], people: issuer.people })
    const place = configuredEnv(shy.url)
    const { viewer } = await signIn('alice', place)
    await shy.close()
    const refresh = refreshGroups(parts(place), await aMinuteLater(viewer))
    await expect(refresh).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('cannot be had for someone else: another subject ends it', async () => {
    person('bob', ['leads'])
    person('mallory', ['ops'])
    const { viewer } = await signIn('bob')
    const { tokens } = await flow('mallory')
    await database.asOwner('update people set refresh_sealed = $2 where id = $1', [
      viewer.id,
      keys.seal(tokens.refresh ?? '', `people:${viewer.id}:refresh`),
    ])
    await expect(refreshGroups(parts(), await aMinuteLater(viewer))).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  test('of others, who voted before, are read too; of whom the issuer says nothing, what it said last stays', async () => {
    for (const name of ['bob', 'bea', 'ben']) person(name, ['leads'])
    const [bob, bea, ben] = [await signIn('bob'), await signIn('bea'), await signIn('ben')]
    const ids = [bob, bea, ben].map(({ viewer }) => viewer.id)
    for (const name of ['bob', 'bea', 'ben']) person(name, ['gone'])
    await aMinuteLater(bob.viewer)
    await aMinuteLater(ben.viewer)
    await closeSignIn(parts(), ben.id)
    await rereadGroups(parts(), [...ids, 'nobody'])
    const groups = await Promise.all([bob, bea].map(async ({ id }) => (await viewerOf(parts(), id))?.groups))
    // Those of bea were read a moment ago.
    expect(groups).toEqual([['gone'], ['leads']])
    const { rows } = await database.asOwner('select groups from people where id = $1', [ben.viewer.id])
    expect(rows).toEqual([{ groups: ['leads'] }])
  })

  test('of a token are as old as the token', async () => {
    const stranger = { ...(await signIn('alice')).viewer, id: `${issuer.url}#nobody`, groupsReadAt: new Date(0) }
    await expect(refreshGroups(parts(), stranger)).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

describe('a viewer who cannot be tied to their calls may look, never approve', () => {
  const cases: [guarantee: string, settings: object, more: Record<string, string>][] = [
    ['the ID token lacks the claim', {}, { OIDC_SUBJECT_CLAIM: 'oid' }],
    [
      'the issuer gives every client another subject',
      { subjectTypes: ['pairwise'], pairwiseIdentifier: async (_: unknown, sub: string) => `pair-${sub}` },
      {},
    ],
  ]
  for (const [guarantee, settings, more] of cases)
    test(guarantee, async () => {
      const client =
        'subjectTypes' in settings ? { ...consoleClient, subject_type: 'pairwise' as const } : consoleClient
      const odd = await startIssuer({ clients: [client], settings, people: issuer.people })
      const place = configuredEnv(odd.url, more)
      const { viewer } = await signIn('alice', place)
      expect(viewer.name).toBe('alice')
      expect(viewer.id.startsWith(place.issuer)).toBe(false)
      expect(viewer.groupsReadAt.getTime()).toBe(0)
      await expect(refreshGroups(parts(place), viewer)).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringMatching(/may look but not approve/),
      })
      await odd.close()
    })

  test('with the claim set for both tokens they are tied again', async () => {
    person('alice', ['support'], { oid: 'o-1' })
    const settings = { claims: { openid: ['sub', 'oid'], profile: ['name'], groups: ['groups'] } }
    const entra = await startIssuer({ clients: [consoleClient], settings, people: issuer.people })
    const place = configuredEnv(entra.url, { OIDC_SUBJECT_CLAIM: 'oid' })
    const { viewer } = await signIn('alice', place)
    expect(viewer.id).toBe(`${entra.url}#o-1`)
    expect(await refreshGroups(parts(place), await aMinuteLater(viewer))).toMatchObject({ id: viewer.id })
    await entra.close()
  })
})

describe('signing out', () => {
  test('ends this sign-in for good, and no other', async () => {
    person('dave', ['audit'])
    const [first, second] = [await signIn('dave'), await signIn('dave')]
    await closeSignIn(parts(), first.id)
    expect(await viewerOf(parts(), first.id)).toBeNull()
    expect(await viewerOf(parts(), second.id)).not.toBeNull()
    expect(await refreshGroups(parts(), await aMinuteLater(second.viewer))).toMatchObject({ groups: ['audit'] })
  })

  test('of the last one gives its tokens back and leads to the sign-out of the issuer', async () => {
    person('erin', [])
    const { id, viewer } = await signIn('erin')
    const [row] = (await database.asOwner('select * from people where id = $1', [viewer.id])).rows
    const refresh = keys.open(row.refresh_sealed, `people:${viewer.id}:refresh`)
    const next = new URL((await closeSignIn(parts(), id)) ?? '')
    expect(next.href).toMatch(new RegExp(`^${issuer.url}/session/end`))
    expect(next.searchParams.get('post_logout_redirect_uri')).toBe('http://localhost:3000/sign-in')
    const [after] = (await database.asOwner('select * from people where id = $1', [viewer.id])).rows
    expect([after.access_sealed, after.refresh_sealed]).toEqual([null, null])
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refresh })
    const headers = { authorization: `Basic ${btoa('console:a%20secret%20of%20the%20console')}` }
    expect((await fetch(`${issuer.url}/token`, { method: 'POST', body, headers })).status).toBe(400)
  })

  test('works while the issuer does not answer', async () => {
    const shy = await startIssuer({ clients: [consoleClient], people: issuer.people })
    const place = configuredEnv(shy.url)
    const { id } = await signIn('alice', place)
    await shy.close()
    await closeSignIn(parts(place), id)
    expect(await viewerOf(parts(place), id)).toBeNull()
  })

  test('happens by itself when its time is over', async () => {
    const { id } = await signIn('alice')
    await database.asOwner(`update sign_ins set ends_at = now() where id = $1`, [id])
    expect(await viewerOf(parts(), id)).toBeNull()
  })
})

test('groups that are elsewhere are refused at sign-in', async () => {
  const { tokens, idClaims } = await flow('alice')
  const elsewhere = { ...idClaims, groups: undefined, hasgroups: true } as unknown as JsonObject
  await expect(openSignIn(parts(), tokens, elsewhere)).rejects.toMatchObject({ field: 'groups' })
})

test('tokens are not in the database in clear, and are sealed for one person', async () => {
  const { tokens, idClaims } = await flow('alice')
  await openSignIn(parts(), tokens, idClaims)
  const [row] = (await database.asOwner('select * from people where id = $1', [`${issuer.url}#alice`])).rows
  const sealed = Buffer.concat([row.access_sealed, row.refresh_sealed])
  for (const token of [tokens.access, tokens.refresh, tokens.id]) expect(sealed.includes(token ?? '')).toBe(false)
  expect(keys.open(row.refresh_sealed, `people:${row.id}:refresh`)).toBe(tokens.refresh)
  expect(() => keys.open(row.refresh_sealed, 'people:someone-else:refresh')).toThrow()
})
