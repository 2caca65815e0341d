import { hash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bodyBytesMax } from '../../audit/cut'
import { compile } from '../../policy/compile'
import { checkDocument } from '../../policy/document'
import { whyDecided } from '../../roles/ask/why'
import { unusedPrivilege } from '../../roles/unused-privilege'
import { stepsOf } from '../../sessions/steps.testing'
import type { JsonObject } from '../../types'
import { viewerOf } from '../../viewer.testing'
import { recordProblems } from '../hostile/judge.testing'
import { startWorld, type World } from './world.testing'

const mail = 'ada@example.com'
const connections = ['target']
const input = {
  roles: [
    {
      name: 'support',
      members: [{ claim: 'groups', value: 'support' }],
      rules: [
        { id: 'write', effect: 'allow', connections, resources: ['ok_*'] },
        { id: 'no-blocks', effect: 'deny', connections, resources: ['ok_*'], when: 'has(args.block)' },
        { id: 'reads', effect: 'allow', connections, resources: ['sql'], when: 'sql.readOnly' },
      ],
    },
  ],
  masks: [{ id: 'pii', connections, fields: ['ssn'], detectors: ['email'], style: 'redact' }],
}

let world: World
beforeAll(async () => {
  const sql = [{ tool: 'sql', argument: 'sql', dialect: 'postgres' as const }]
  world = await startWorld(input, () => ({ content: [] }), { target: { sql, clientRequests: ['elicitation'] } })
})
afterAll(() => world?.stop())

const auditor = () => ({ viewer: viewerOf('dave', { auditor: true }), db: world.rough.db })
const inForce = () => {
  const read = checkDocument(input)
  if (!read.ok) throw new Error('the policy of this test is none')
  return compile(1, read.document)
}

type Row = { id: string; session_id: string; kind: string; body: string }
/** The entry of what was asked last. */
async function newest(): Promise<Row> {
  const { rows } = await world.rough.pool.query<Row>(
    `select id, session_id, kind, body from entries where kind in ('call', 'refusal') order by at desc, seq desc limit 1`,
  )
  return rows[0]!
}

const text = 'a long letter '.repeat(3000)
const wide = Array.from({ length: 1500 }, (_, n) => `a_rather_long_column_${n}`).join(', ')
const write = { role: 'support', rule: 'write', effect: 'allow' }
const cases: [what: string, params: JsonObject, cut: string[], runs: boolean, rules: object[]][] = [
  ['a call that is allowed', { name: 'ok_write', arguments: { text } }, ['arguments'], true, [write]],
  [
    'a call that a rule denies',
    { name: 'ok_write', arguments: { block: true, text } },
    ['arguments'],
    false,
    [{ role: 'support', rule: 'no-blocks', effect: 'deny' }, write],
  ],
  ['a call that no rule allows', { name: 'other', arguments: { text } }, ['arguments'], false, []],
  [
    'a call with long facts',
    { name: 'sql', arguments: { sql: `select ${wide} from orders` } },
    ['arguments', 'facts'],
    true,
    [{ role: 'support', rule: 'reads', effect: 'allow' }],
  ],
  [
    'a call with long answers of a person',
    { name: 'ok_ask', arguments: { n: 1 }, inputResponses: { one: { action: 'accept', content: { text } } } },
    ['inputResponses'],
    true,
    [write],
  ],
]
for (const [what, params, cut, runs, rules] of cases)
  test(`is recorded, and shown, with the rules that decided, however long: ${what}`, async () => {
    const { arrived, text: said } = await world.ask('tools/call', params)
    expect(arrived !== null, said).toBe(runs)
    const { id, session_id, kind, body } = await newest()
    expect(kind).toBe(runs ? 'call' : 'refusal')
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(bodyBytesMax)
    // Where unused privilege looks for it.
    expect(body.startsWith('{"decision":{"effect":"')).toBe(true)
    const entry = JSON.parse(body) as JsonObject
    expect(entry).toMatchObject({ cut, requestId: 1, decision: { rules }, claims: { groups: ['support'] } })

    const steps = await stepsOf(auditor(), session_id)
    const step = steps.find((one) => one.id === id)
    expect(step).toMatchObject({ decision: { rules } })
    if (cut.includes('arguments')) {
      const whole = JSON.stringify(params.arguments)
      const tooLong = { bytes: Buffer.byteLength(whole), sha256: hash('sha256', whole) }
      expect(step).toMatchObject({ request: whole.slice(0, 2048), tooLong })
    } else expect(step).toMatchObject({ request: JSON.stringify(params.arguments), tooLong: null })

    const why = await whyDecided(auditor(), id, inForce())
    expect(why.decided.rules).toMatchObject(rules)
  })

test('promise 7: the start that is kept is masked, and the record verifies', async () => {
  await world.ask('tools/call', { name: 'ok_write', arguments: { ssn: '123-45-6789', to: mail, text } })
  const { body } = await newest()
  expect(body).not.toContain(mail)
  expect(body).not.toContain('123-45-6789')
  const shown = JSON.stringify({ ssn: '[masked]', to: '[masked]', text })
  const notice = { bytes: Buffer.byteLength(shown), sha256: hash('sha256', shown) }
  expect(JSON.parse(body)).toMatchObject({ arguments: notice, argumentsWhole: false })
  expect(await recordProblems(world.rough)).toEqual([])
})

test('rules that let such calls through count as used', async () => {
  const { roles } = await unusedPrivilege(auditor(), { days: 1 }, inForce())
  expect(roles).toMatchObject([{ role: 'support', rules: [] }])
})
