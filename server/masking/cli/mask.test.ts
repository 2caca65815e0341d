import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { builtProgram } from '../../program.testing'

const folder = mkdtempSync(join(tmpdir(), 'mask-'))
let program: string
beforeAll(async () => {
  program = await builtProgram('server/masking/cli/mask.ts')
})
afterAll(() => rmSync(folder, { recursive: true }))

const policy = join(folder, 'policy.yaml')
writeFileSync(
  policy,
  `masks:
  - { id: pii, connections: [shop], resources: ["get_*"], fields: [ssn], detectors: [email], style: redact }
`,
)

const root = resolve(import.meta.dirname, '../../..')
function mask(input: string, ...options: string[]) {
  const args = [program, ...options]
  const env = { PATH: process.env.PATH, NODE_ENV: 'test' } as NodeJS.ProcessEnv
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, input, encoding: 'utf8', env })
  return { lines: stdout.split('\n').filter(Boolean), stderr, status }
}

const reply = '{"jsonrpc":"2.0","id":12345678901234567890,"result":{"ssn":"1-2-3","by":"a@b.example","sign":"\u2028"}}'

test('prints every line masked, numbers and order kept', () => {
  const { lines, status, stderr } = mask(`${reply}\n\n{"id":2,"result":{}}`, '--policy', policy)
  expect(lines).toEqual([reply.replace('1-2-3', '[masked]').replace('a@b.example', '[masked]'), '{"id":2,"result":{}}'])
  expect(stderr).toContain('2 values masked, 0 messages withheld')
  expect(status).toBe(0)
})

test('masks of other connections and resources do not apply', () => {
  expect(mask(reply, '--policy', policy, '--connection', 'shop', '--resource', 'get_customer').lines[0]).not.toBe(reply)
  expect(mask(reply, '--policy', policy, '--connection', 'other').lines).toEqual([reply])
  expect(mask(reply, '--policy', policy, '--resource', 'list').lines).toEqual([reply])
})

test('a line that cannot be masked is withheld, and the exit code says so', () => {
  const { lines, status } = mask(`{"id":7,"result":"a@b.example"\n${reply}\n`, '--policy', policy)
  expect(lines).toHaveLength(2)
  expect(JSON.parse(lines[0]!)).toMatchObject({ id: 7, error: { message: expect.stringContaining('withheld') } })
  expect(lines.join()).not.toContain('a@b.example')
  expect(status).toBe(1)
})

test('a wrong policy or option stops it', () => {
  const wrong = join(folder, 'wrong.yaml')
  writeFileSync(wrong, 'masks:\n  - { id: a, style: loud }\n')
  expect(mask(reply, '--policy', wrong)).toMatchObject({ status: 2, lines: [] })
  expect(mask(reply, '--polici', policy)).toMatchObject({ status: 2, stderr: expect.stringContaining('usage: ') })
})
