import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cutOpening } from '../audit/cut'
import type { Context } from '../context'
import { connections, entries, sessions, tools } from '../db/schema'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import { compile } from '../policy/compile'
import { checkDocument, type PolicyDocumentInput } from '../policy/document'
import type { JsonObject, PolicyDocument, Viewer } from '../types'
import { viewerOf } from '../viewer.testing'
import { askPolicy } from './ask/ask-policy'
import type { DecisionAnswer, WhatAnswer, WhoAnswer, WhyAnswer } from './ask/schemas'
import { checkDraft } from './check-draft'
import { previewDraft } from './preview-draft'
import { publishPolicy } from './publish'
import type { Preview } from './schemas'
import { seenClaims } from './seen-claims'
import { seenFields } from './seen-fields'
import { unusedPrivilege } from './unused-privilege'

let database: TestDatabase
const shop = randomUUID()

const person = (name: string, groups: string[], powers: Partial<Viewer> = {}): Viewer =>
  viewerOf(name, { groups, ...powers })
const carol = person('carol', ['admins'], { admin: true })
const as = (viewer: Viewer): Context => ({ viewer, db: database.db })

const live: PolicyDocumentInput = {
  roles: [
    {
      name: 'support',
      members: [{ claim: 'groups', value: 'support' }],
      rules: [
        { id: 'read', effect: 'allow', connections: ['shop'], resources: ['get_*', 'list_*'] },
        { id: 'refund', effect: 'allow', connections: ['shop'], resources: ['refund'] },
      ],
    },
  ],
  masks: [{ id: 'pii', connections: ['shop'], fields: ['ssn'], style: 'redact' }],
}
const whole = (input: PolicyDocumentInput): PolicyDocument => {
  const read = checkDocument(input)
  if (!read.ok) throw new Error(read.problems[0]?.message)
  return read.document
}
const long = { text: 'x'.repeat(40_000) }
const inForce = (version = 1) => compile(version, whole(live))

type Kept = {
  resource?: string
  args?: JsonObject
  more?: JsonObject
  /** Parts that are too long for the record. */
  cut?: JsonObject
  decision?: JsonObject
  by?: string
  kind?: string
  session?: string | null
}

async function record({
  resource = 'get_order',
  args = {},
  more = {},
  cut = {},
  decision = {},
  by = 'alice',
  kind = 'call',
  session = null,
}: Kept = {}) {
  const id = randomUUID()
  const body = {
    arguments: args,
    argumentsWhole: true,
    decision: {
      ...{ effect: 'allow', reason: 'allowed' },
      rules: [{ role: 'support', rule: resource === 'refund' ? 'refund' : 'read', effect: 'allow' }],
      ...{ masks: ['pii'], errors: [], grantId: null, version: 1 },
      ...decision,
    },
    claims: { groups: ['support'], kind: 'user' },
    facts: { sql: null, http: null, tool: null },
    ...more,
    ...cut,
  }
  await database.db.insert(entries).values({
    ...{ chain: randomUUID(), seq: 1, id, kind, at: new Date(Date.now() - 60_000), sessionId: session, callId: null },
    ...{
      principalId: `issuer#${by}`,
      principal: `${by}@example.com`,
      client: 'test 1',
      connectionId: shop,
      connection: 'shop',
    },
    ...{ action: 'tools/call', resource, outcome: '', policyVersion: 1, masked: 0, body: cutOpening(body) },
    ...{ previousHash: '', hash: '' },
  })
  return id
}

beforeAll(async () => {
  database = await startTestDatabase()
  await database.db
    .insert(connections)
    .values({ id: shop, name: 'shop', transport: 'http', url: 'http://127.0.0.1:1/' })
  const numbered = { type: 'object', properties: { amount: { type: 'number' } }, additionalProperties: false }
  for (const [name, outputSchema] of [
    ['get_order', null],
    ['list_orders', null],
    ['refund', { type: 'object', properties: { refund_id: {} } }],
  ] as const)
    await database.db
      .insert(tools)
      .values({ connectionId: shop, name, definition: { name, inputSchema: numbered, outputSchema }, hash: name })
  await publishPolicy(as(carol), { document: live, message: 'first', basedOn: 0 })
})
afterAll(() => database.stop())
beforeEach(async () => void (await database.asOwner('delete from entries')))

const preview = (document: PolicyDocumentInput, more: Partial<Preview> = {}) =>
  previewDraft(as(carol), { document, ...more }, inForce(), {
    signal: new AbortController().signal,
    progress: () => {},
  })
const changed = (change: (document: PolicyDocument) => void) => {
  const document = whole(live)
  change(document)
  return document
}

describe('what a draft would have changed', () => {
  test('the same policy changes nothing', async () => {
    for (const resource of ['get_order', 'refund']) await record({ resource })
    expect(await preview(live)).toMatchObject({ calls: 2, same: 2, groups: [], cannotTell: [] })
  })

  test('calls are grouped by person and tool, each way of going differently apart, with links', async () => {
    const ids = [await record(), await record(), await record({ by: 'amy' })]
    const refund = await record({ resource: 'refund', args: { amount: 90 } })
    await record({ resource: 'refund', args: { amount: 10 } })
    const denied = await record({
      ...{ resource: 'delete', kind: 'refusal' },
      decision: { effect: 'deny', reason: 'no-matching-rule', rules: [] },
    })
    const draft = changed(({ roles: [support] }) => {
      const approvers = [{ claim: 'groups', value: 'leads' }]
      const review = {
        ...{ approvers, approvals: 1, maxMinutes: 60, expiresMinutes: 60 },
        scope: 'call',
        reason: 'optional',
      } as const
      const rule = {
        id: 'big',
        effect: 'review',
        connections: ['shop'],
        actions: ['tools/call'],
        resources: ['refund'],
        when: 'args.amount > 50.0',
        review,
      } as const
      support!.rules = [
        { ...support!.rules[1]! },
        rule as never,
        { ...support!.rules[0]!, id: 'delete', resources: ['delete'] },
      ]
    })
    const { groups, same, calls } = await preview(draft)
    expect({ same, calls }).toEqual({ same: 1, calls: 6 })
    const shown = groups.map(({ kind, person: who, resource, calls: n, examples }) => [
      kind,
      who.name,
      resource,
      n,
      examples.map(({ entry }) => entry).sort(),
    ])
    expect(shown).toEqual(
      expect.arrayContaining([
        ['denied', 'alice@example.com', 'get_order', 2, ids.slice(0, 2).sort()],
        ['denied', 'amy@example.com', 'get_order', 1, [ids[2]]],
        ['reviewed', 'alice@example.com', 'refund', 1, [refund]],
        ['allowed', 'alice@example.com', 'delete', 1, [denied]],
      ]),
    )
    expect(shown).toHaveLength(4)
  })

  test('what a person approved is what waits, not what is allowed', async () => {
    await record({ resource: 'refund', decision: { grantId: randomUUID() } })
    expect((await preview(live)).groups).toMatchObject([{ kind: 'allowed', before: 'review', after: 'allow' }])
  })

  test('a mask that hides less, or nothing, is told', async () => {
    await record()
    expect((await preview({ ...live, masks: [] })).groups).toMatchObject([{ kind: 'unmasked', hidden: ['ssn'] }])
    const weaker = changed(({ masks: [mask] }) => {
      mask!.style = 'partial'
    })
    expect((await preview(weaker)).groups).toMatchObject([{ kind: 'unmasked', hidden: ['ssn'] }])
    const more = changed(({ masks: [mask] }) => void mask!.fields.push('phone'))
    expect((await preview(more)).groups).toMatchObject([{ kind: 'masked', hidden: ['phone'] }])
  })

  const reading = (when: string) =>
    changed(({ roles: [support] }) => {
      support!.rules[0]!.when = when
    })
  const unknown: [what: string, draft: () => PolicyDocument, kept: Kept, why: RegExp][] = [
    [
      'arguments that were masked',
      () => reading('args.amount > 1.0'),
      { more: { argumentsWhole: false } },
      /arguments/,
    ],
    ['a claim that was not recorded', () => reading('principal.claims.dept == "x"'), {}, /claim `dept`/],
    ['whether a claim is there', () => reading('has(principal.claims.dept)'), {}, /claim `dept`/],
    ['a name beside the address', () => reading('principal.name == "Alice"'), {}, /name/],
    [
      'a role by a claim that was not recorded',
      () =>
        changed(({ roles: [support] }) => {
          support!.members = [{ claim: 'dept', value: 'x' }]
        }),
      {},
      /claim `dept`/,
    ],
    ['arguments that were cut', () => reading('has(args.amount)'), { cut: { arguments: long } }, /arguments/],
    [
      'a path that was masked',
      () => reading('http.path.startsWith("/orders/")'),
      { more: { facts: { sql: null, http: { method: 'GET', path: '/orders/x' }, tool: null, httpMasked: true } } },
      /the path was recorded masked/,
    ],
    ['facts that were cut', () => reading('sql.readOnly'), { cut: { facts: long } }, /what the call does was too long/],
    ['that there are none', () => reading('has(http.path)'), { cut: { facts: long } }, /what the call does/],
    ['hints that were cut', () => reading('!has(tool.title)'), { cut: { facts: long } }, /what the call does/],
    ['an entry that was cut whole', () => whole(live), { more: { cut: true } }, /too large/],
  ]
  for (const [what, draft, kept, why] of unknown)
    test(`cannot tell, never a guess: ${what}`, async () => {
      await record(kept)
      const { cannotTell, groups, same } = await preview(draft())
      expect({ groups, same }).toEqual({ groups: [], same: 0 })
      expect(cannotTell).toMatchObject([{ why: expect.stringMatching(why), calls: 1 }])
    })

  test('what was cut hinders no rule that does not read it', async () => {
    await record({ cut: { arguments: long } })
    await record({ cut: { arguments: long, facts: long } })
    await record({ args: { amount: 2 }, cut: { facts: long } })
    expect(await preview(live)).toMatchObject({ same: 3, cannotTell: [] })
    expect(await preview(reading('args.amount > 1.0'))).toMatchObject({ same: 1, cannotTell: [{ calls: 2 }] })
  })

  test('the method of a masked path is known', async () => {
    const facts = { sql: null, http: { method: 'GET', path: '/orders/x' }, tool: null, httpMasked: true }
    await record({ more: { facts } })
    expect(await preview(reading('http.method == "GET"'))).toMatchObject({ same: 1, cannotTell: [] })
  })

  test('a claim that was recorded, or recorded as absent, is known', async () => {
    await record({ more: { claims: { groups: ['support'], kind: 'user', named: { dept: 'x' }, absent: ['region'] } } })
    expect(await preview(reading('principal.claims.dept == "x"'))).toMatchObject({ same: 1 })
    expect((await preview(reading('has(principal.claims.region)'))).groups).toMatchObject([{ kind: 'denied' }])
  })

  test('a role that does not speak of the call makes nothing unknown', async () => {
    await record()
    const draft = changed(({ roles }) => {
      const rules = [{ ...roles[0]!.rules[0]!, connections: ['elsewhere'] }]
      roles.push({ name: 'other', description: '', members: [{ claim: 'dept', value: 'x' }], rules })
    })
    expect(await preview(draft)).toMatchObject({ same: 1, cannotTell: [] })
  })

  test('who goes away ends the work', async () => {
    for (let n = 0; n < 3; n += 1) await record()
    const gone = new AbortController()
    const told: number[] = []
    const progress = (done: number) => {
      told.push(done)
      gone.abort()
    }
    await expect(
      previewDraft(as(carol), { document: live }, inForce(), { signal: gone.signal, progress }),
    ).rejects.toThrow()
    expect(told).toEqual([0])
  })
})

describe('before publishing', () => {
  test('an error has its place, and refuses; nothing changes', async () => {
    const draft = changed(({ roles: [support] }) => {
      support!.rules[1]!.when = 'true && args.amont > 1.0'
    })
    const { problems } = await checkDraft(as(carol), { document: draft, basedOn: 1 })
    expect(problems).toMatchObject([
      { severity: 'error', role: 'support', rule: 'refund', place: 'role `support`, rule `refund`, when', offset: 13 },
    ])
    await expect(publishPolicy(as(carol), { document: draft, message: 'x', basedOn: 1 })).rejects.toMatchObject({
      code: 'invalid',
      details: { problems },
    })
    expect(await checkDraft(as(carol), { document: live, basedOn: 1 })).toMatchObject({ current: 1, changes: [] })
  })

  test('a draft that is not even a policy is checked too', async () => {
    const document = { roles: [{ name: 'a', rules: [{ id: 'r', effect: 'maybe' }] }], colour: 1 }
    const { problems, document: read, changes } = await checkDraft(as(carol), { document, basedOn: null })
    expect({ read, changes }).toEqual({ read: null, changes: [] })
    expect(problems.map(({ place }) => place).sort()).toEqual(['colour', 'role `a`, rule `r`, effect'])
  })

  test('of two admins at once, the second is told what the first changed, and what of it clashes', async () => {
    const base = (await checkDraft(as(carol), { document: live, basedOn: null })).current
    const theirs = changed(({ roles: [support], masks }) => {
      support!.description = 'theirs'
      support!.rules[1]!.resources = ['refund', 'credit']
      masks[0]!.fields.push('phone')
    })
    await publishPolicy(as(person('chris', [], { admin: true })), {
      document: theirs,
      message: 'theirs',
      basedOn: base,
    })
    const mine = changed(({ roles: [support] }) => {
      support!.rules[1]!.resources = ['refund', 'void']
    })
    const { conflict } = await checkDraft(as(carol), { document: mine, basedOn: base })
    expect(conflict).toMatchObject({ version: base + 1, author: 'chris@example.com', message: 'theirs' })
    expect(conflict?.changes).toHaveLength(3)
    expect(conflict?.clashes.map(({ id }) => id)).toEqual(['refund'])
    const second = publishPolicy(as(carol), { document: mine, message: 'mine', basedOn: base })
    await expect(second).rejects.toMatchObject({ code: 'conflict', details: { conflict } })
  })
})

describe('asking the policy', () => {
  const alice = person('alice', ['support'])
  test('who can do this', async () => {
    await record()
    await database.db.execute(
      `insert into people (id, name, groups) values ('issuer#alice', 'Alice', '["support"]'), ('issuer#erin', 'Erin', '[]') on conflict do nothing`,
    )
    const answer = (await askPolicy(
      as(carol),
      { ask: 'who', connection: 'shop', resource: 'refund' },
      inForce(),
    )) as WhoAnswer
    expect(answer.roles).toMatchObject([{ role: 'support', standing: 'allow', members: 'members of `support`' }])
    expect(answer.people).toMatchObject([{ name: 'Alice', standing: 'allow', rules: [{ rule: 'refund' }] }])
    expect(answer.others).toBe(1)
  })

  test('what can I do: everybody about themselves, and about nobody else', async () => {
    const mine = { ask: 'what', person: { id: alice.id } } as const
    const { items, roles, beyond } = (await askPolicy(as(alice), mine, inForce())) as WhatAnswer
    expect(roles).toEqual(['support'])
    // Of `read` a resource or a prompt may be meant too; `refund` is the name of a tool.
    expect(beyond.map(({ rule }) => rule)).toEqual(['read'])
    expect(items.map(({ resource, standing }) => [resource, standing])).toEqual([
      ['get_order', 'allow'],
      ['list_orders', 'allow'],
      ['refund', 'allow'],
    ])
    const others = { ask: 'what', person: { id: carol.id } } as const
    await expect(askPolicy(as(alice), others, inForce())).rejects.toMatchObject({ code: 'forbidden' })
    await expect(
      askPolicy(as(alice), { ask: 'who', connection: 'shop', resource: 'x' }, inForce()),
    ).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('why was this denied, and how it stands now; somebody else learns nothing', async () => {
    const entry = await record({
      ...{ resource: 'delete', kind: 'refusal' },
      decision: { effect: 'deny', reason: 'no-matching-rule', rules: [], masks: [] },
    })
    const answer = (await askPolicy(as(alice), { ask: 'why', entry }, inForce())) as WhyAnswer
    expect(answer.decided).toMatchObject({ effect: 'deny', text: expect.stringContaining('no rule of any role') })
    expect(answer.now).toMatchObject({ effect: 'deny', version: 1 })
    await expect(askPolicy(as(person('mallory', [])), { ask: 'why', entry }, inForce())).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  test('why a call was allowed whose arguments the record does not hold, and that the rest cannot be told', async () => {
    const entry = await record({ cut: { arguments: long } })
    const why = async (policy = live) =>
      (await askPolicy(as(alice), { ask: 'why', entry }, compile(1, whole(policy)))) as WhyAnswer
    const decided = { effect: 'allow', rules: [{ role: 'support', rule: 'read' }] }
    expect(await why()).toMatchObject({ decided, now: decided })
    const support = whole(live).roles[0]!
    const rules = support.rules.map((rule) => ({ ...rule, when: 'size(args) == 0' }))
    const asked = await why({ ...live, roles: [{ ...support, rules }] })
    expect(asked).toMatchObject({ decided, now: null, cannotTell: expect.stringMatching(/arguments.*cut/) })
  })

  test('a call is tried without running, on a draft too', async () => {
    const tried = {
      ask: 'try',
      person: { groups: ['support'] as string[] },
      connection: 'shop',
      resource: 'refund',
      args: { amount: 9 },
    } as const
    const decided = async (more: object) =>
      ((await askPolicy(as(carol), { ...tried, ...more }, inForce())) as { decided: DecisionAnswer }).decided
    expect(await decided({})).toMatchObject({ effect: 'allow', masks: [{ id: 'pii' }] })
    expect(await decided({ document: { roles: [] } })).toMatchObject({ effect: 'deny', reason: 'no-matching-rule' })
    const small = {
      id: 'small',
      effect: 'allow',
      connections: ['shop'],
      resources: ['refund'],
      when: 'args.amount < 5.0',
    }
    const members = [{ claim: 'groups', value: 'support' }]
    const document = { roles: [{ name: 'support', members, rules: [small] }] }
    expect(await askPolicy(as(carol), { ...tried, document }, inForce())).toMatchObject({
      near: ['rule `support/small` allows it only if `args.amount < 5.0`'],
    })
  })
})

describe('what was seen', () => {
  test('unused: tools, rules and people, and a policy without what nobody used', async () => {
    await record()
    const found = await unusedPrivilege(as(carol), { days: 30 }, inForce())
    expect(found.roles).toMatchObject([
      { role: 'support', idle: [], rules: ['refund'], tools: [{ tool: 'list_orders' }, { tool: 'refund' }] },
    ])
    expect(found.draft?.roles[0]?.rules).toMatchObject([{ id: 'read', resources: ['get_*'] }])
  })

  test('what was called with arguments that the record cut was used', async () => {
    await record({ resource: 'refund', cut: { arguments: long, facts: long } })
    const found = await unusedPrivilege(as(carol), { days: 30 }, inForce())
    expect(found.roles).toMatchObject([{ idle: [], rules: ['read'] }])
    expect(found.draft?.roles[0]?.rules).toMatchObject([{ id: 'refund' }])
  })

  test('field names of replies, never a value or a key that is one', async () => {
    const reply = { customers: [{ ssn: '1', 'a@b.example': 2, '4111111111111111': 3 }] }
    const session = randomUUID()
    await database.db.insert(sessions).values({
      ...{ id: session, era: 'modern', principalId: 'issuer#alice', principal: 'alice', clientName: 'test' },
      ...{ clientVersion: '1', connectionId: shop, connection: 'shop' },
    })
    await record({
      kind: 'reply',
      session,
      more: { answer: { result: { content: [{ type: 'text', text: JSON.stringify(reply) }] } } },
    })
    const names = (await seenFields(as(carol), 'shop')).map(({ field }) => field)
    expect(names.sort()).toEqual(['customers', 'refund_id', 'ssn'])
  })

  test('claims of real tokens, less those that name one person', async () => {
    await database.db.execute(
      `insert into people (id, name, groups, claims) values ('issuer#kim', 'Kim', '["eu"]', '{"sub":"kim","dept":"x","email":"k@example.com","email_verified":true}')`,
    )
    const claims = await seenClaims(as(carol))
    expect(claims.map(({ claim }) => claim)).toEqual(['groups', 'dept'])
    expect(claims[0]?.values).toContainEqual({ value: 'eu', people: 1 })
  })
})
