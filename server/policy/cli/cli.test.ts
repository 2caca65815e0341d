import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { builtProgram } from '../../program.testing'

const root = resolve(import.meta.dirname, '../../..')
const run = promisify(execFile)

const programs = new Map<string, Promise<string>>()

async function cli(name: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const building = programs.get(name) ?? builtProgram(`server/policy/cli/${name}.ts`)
  programs.set(name, building)
  try {
    const { stdout, stderr } = await run(process.execPath, [await building, ...args], { cwd: root })
    return { code: 0, out: stdout, err: stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, out: stdout, err: stderr }
  }
}

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'decide-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

const file = (name: string, content: unknown) => {
  const path = join(dir, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const policy = join(root, 'server/local/policy.yaml')
const asked = (call: unknown, claims: unknown = { sub: 'alice', groups: ['support'] }) =>
  cli('decide', '--policy', policy, '--as', file('claims.json', claims), '--call', file('call.json', call))

const refund = (amount: number) => ({ connection: 'shop', tool: 'refund_order', args: { order: 'A-1', amount } })

const cases: [what: string, call: unknown, code: number, want: object][] = [
  [
    'an allowed read',
    { connection: 'shop', tool: 'get_order', args: {} },
    0,
    { effect: 'allow', reason: 'allowed', rules: [{ role: 'support', rule: 'read-shop' }] },
  ],
  ['a small refund', refund(5), 0, { effect: 'allow' }],
  ['a large refund', refund(60), 10, { effect: 'review', asked: [{ role: 'support', rule: 'big-refund' }] }],
  [
    'what no rule speaks of',
    { connection: 'shop', tool: 'drop_shop' },
    20,
    { effect: 'deny', reason: 'no-matching-rule' },
  ],
  [
    'a statement that reads',
    { connection: 'shop', tool: 'query', args: { sql: 'select id from customers' } },
    0,
    { effect: 'allow' },
  ],
  [
    'a statement that writes',
    { connection: 'shop', tool: 'query', args: { sql: 'delete from customers' } },
    20,
    { effect: 'deny' },
  ],
  [
    'an MCP request',
    { connection: 'shop', method: 'tools/call', params: { name: 'refund_order', arguments: { amount: 60 } } },
    10,
    { effect: 'review' },
  ],
  [
    'a call as the record has it',
    { connection: { name: 'shop' }, action: 'tools/call', resource: { type: 'tool', id: 'get_order' } },
    0,
    { effect: 'allow' },
  ],
  ['a resource', { connection: 'shop', resource: 'shop://orders' }, 0, { effect: 'allow' }],
]
test.each(cases)('decide: %s', async (_, call, code, want) => {
  const { out, code: exit } = await asked(call)
  expect(JSON.parse(out)).toMatchObject(want)
  expect(exit).toBe(code)
})

test('decide: another person', async () => {
  expect((await asked(refund(5), { sub: 'erin' })).code).toBe(20)
})

const bad: [what: string, args: () => string[], says: string][] = [
  ['nothing given', () => [], 'usage: npm run -s decide'],
  ['an unknown option', () => ['--polcy', policy], 'polcy'],
  [
    'no such file',
    () => ['--policy', join(dir, 'none.yaml'), '--as', file('a.json', {}), '--call', file('c.json', {})],
    'cannot be read',
  ],
  [
    'a policy that is refused',
    () => [
      '--policy',
      file('p.yaml', 'roles:\n  - name: r\n    colour: red'),
      '--as',
      file('a.json', {}),
      '--call',
      file('c.json', refund(1)),
    ],
    'p.yaml:3:5: unknown key `colour`',
  ],
  [
    'claims that are not JSON',
    () => ['--policy', policy, '--as', file('a.json', 'sub: x'), '--call', file('c.json', refund(1))],
    'is not JSON',
  ],
  [
    'a call without a connection',
    () => ['--policy', policy, '--as', file('a.json', {}), '--call', file('c.json', { tool: 'x' })],
    'c.json: ✖ give `connection` and one of `tool`, `resource` or `prompt`',
  ],
  [
    'a key that a call does not have',
    () => ['--policy', policy, '--as', file('a.json', {}), '--call', file('c.json', { ...refund(1), colour: 'red' })],
    'Unrecognized key: "colour"',
  ],
  [
    'a time that is none',
    () => ['--policy', policy, '--as', file('a.json', {}), '--call', file('c.json', refund(1)), '--now', 'soon'],
    '`soon` is no time',
  ],
]
test.each(bad)('decide: bad input is told and exits 1: %s', async (_, args, says) => {
  const { code, err, out } = await cli('decide', ...args())
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toContain(says)
})

test('sql-facts prints what a condition sees', async () => {
  const { out } = await cli('sql-facts', 'select * from customers; drop table orders')
  expect(JSON.parse(out)).toEqual({
    readOnly: false,
    verbs: ['DROP', 'SELECT'],
    tables: ['public.customers', 'public.orders'],
    columns: ['*'],
    functions: [],
    statements: 2,
  })
  const mysql = await cli('sql-facts', '--dialect', 'mysql', '--schema', 'app', 'select id from customers')
  expect(JSON.parse(mysql.out)).toMatchObject({ readOnly: true, tables: ['app.customers'] })
  expect((await cli('sql-facts')).code).toBe(1)
  expect((await cli('sql-facts', '--dialect', 'oracle', 'select 1')).code).toBe(1)
})

test('policy-schema prints a JSON Schema', async () => {
  expect(JSON.parse((await cli('policy-schema')).out)).toMatchObject({ title: 'Sallyport policy', type: 'object' })
})
