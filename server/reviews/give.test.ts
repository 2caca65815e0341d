import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Give } from '../db/review-schema'
import { startTestDatabase, type TestDatabase } from '../db/testing'
import type { AskedRule } from '../types'
import { asks, keys, openOne, viewer } from './asking.testing'
import { narrowest } from './give'
import { vote } from './vote'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const tool = (approvals = 1): AskedRule => asks(approvals, 'leads', { scope: 'tool' })
const approve = (reviewId: string, give: Give | undefined, name = 'bob') =>
  vote({ viewer: viewer(name, ['leads']), db: database.db }, keys, {
    ...{ reviewId, verdict: 'approve' },
    ...(give === undefined ? {} : { give }),
  })
const left = async (id: string) => {
  const text = `select digest is not null as exact, condition, max_uses, target_hash,
    round(extract(epoch from ends_at - created_at) / 60)::int as minutes from grants where review_id = $1`
  return (await database.asOwner(text, [id])).rows
}

const given: [what: string, asked: AskedRule, give: Give | undefined, want: object][] = [
  ['plainly: this call once, while the rule allows', asks(), undefined, { exact: true, max_uses: 1, minutes: 60 }],
  ['this call three times', asks(), { scope: 'call', times: 3 }, { exact: true, max_uses: 3, minutes: 60 }],
  ['this call for ten minutes', asks(), { scope: 'call', minutes: 10 }, { exact: true, max_uses: null, minutes: 10 }],
  ['the tool for ten minutes', tool(), { scope: 'tool', minutes: 10 }, { exact: false, max_uses: null, minutes: 10 }],
  [
    'the tool under a condition that this call meets',
    tool(),
    { scope: 'tool', minutes: 10, times: 5, when: 'args.amount < 100.0' },
    { exact: false, max_uses: 5, condition: 'args.amount < 100.0', target_hash: 'target' },
  ],
]
describe('an approval leaves what was given', () => {
  for (const [what, asked, give, want] of given)
    test(what, async () => {
      const id = await openOne(database, { asked: [asked] })
      expect(await approve(id, give)).toEqual({ state: 'approved' })
      expect(await left(id)).toMatchObject([want])
    })
})

const refused: [what: string, asked: AskedRule, give: Give, why: RegExp][] = [
  ['more time than the rule lets anybody give', asks(), { scope: 'call', minutes: 61 }, /at most 60 minutes/],
  ['the tool, where the rule wants every call looked at', asks(), { scope: 'tool', minutes: 5 }, /every call/],
  ['the tool for ever', tool(), { scope: 'tool', times: 3 }, /how many minutes/],
  ['nothing in particular', asks(), { scope: 'call' }, /how many/],
  ['a condition on one call', asks(), { scope: 'call', times: 2, when: 'args.amount < 100.0' }, /leave out/],
  ['what is no condition', tool(), { scope: 'tool', minutes: 5, when: 'args.amount <' }, /./],
  ['what the caller chooses', tool(), { scope: 'tool', minutes: 5, when: 'client.name == "x"' }, /client/],
  [
    'a condition that this call does not meet',
    tool(),
    { scope: 'tool', minutes: 5, when: 'args.amount < 10.0' },
    /not meet/,
  ],
  [
    'a condition on what this call lacks',
    tool(),
    { scope: 'tool', minutes: 5, when: 'args.none == 1' },
    /no such field/,
  ],
]
describe('what nobody can give', () => {
  for (const [what, asked, give, why] of refused)
    test(what, async () => {
      const id = await openOne(database, { asked: [asked] })
      await expect(approve(id, give)).rejects.toMatchObject({ code: 'invalid', message: why })
      expect(await left(id)).toEqual([])
    })
})

test('of several approvals the narrowest counts', async () => {
  const id = await openOne(database, { asked: [tool(2)] })
  await approve(id, { scope: 'tool', minutes: 30 })
  await approve(id, { scope: 'call', times: 2 }, 'bea')
  expect(await left(id)).toMatchObject([{ exact: true, max_uses: 2, minutes: 30 }])
})

const narrowed: [gives: Give[], want: Give][] = [
  [
    [
      { scope: 'tool', minutes: 9 },
      { scope: 'tool', minutes: 5, times: 4 },
    ],
    { scope: 'tool', minutes: 5, times: 4 },
  ],
  [
    [
      { scope: 'tool', minutes: 9, when: 'a' },
      { scope: 'tool', minutes: 9, when: 'b || c' },
    ],
    { scope: 'tool', minutes: 9, when: '(a) && (b || c)' },
  ],
  [
    [
      { scope: 'tool', minutes: 9, when: 'a' },
      { scope: 'call', times: 1 },
    ],
    { scope: 'call', minutes: 9, times: 1 },
  ],
]
for (const [gives, want] of narrowed)
  test(`${JSON.stringify(gives)} is ${JSON.stringify(want)}`, () => expect(narrowest(gives)).toEqual(want))
