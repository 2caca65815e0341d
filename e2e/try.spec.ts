import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { consoleSession } from '../server/local/sign-in'
import { npmRun } from './support/command'
import { expect, test } from './support/fixtures'
import { startSallyport } from './support/sallyport'

test('the walk of the README holds in all five points', async ({ sallyport }) => {
  const { code, stdout, stderr } = await npmRun('try', ['--auto', '--json'], { PORT: String(sallyport.port) })
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ masked: true, denied: true, held: true, approved: true, ranOnce: true })
})

test('a token from the command line opens the door', async ({ sallyport }) => {
  const { stdout } = await npmRun('token', ['alice'], { PORT: String(sallyport.port) })
  const headers = {
    authorization: `Bearer ${stdout.trim()}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
  const response = await fetch(`${sallyport.url}/mcp/shop`, { method: 'POST', headers, body })
  expect(response.status).toBe(200)
})

test('without --auto it waits for a person however long that takes, and a mistyped option says what there is', async () => {
  test.slow()
  const wrong = await npmRun('try', ['--frobnicate'], {})
  expect(wrong.code).toBe(1)
  expect(wrong.stderr).toContain('usage: npm run try')
  // A call of a modern client gives up after nine rounds of this.
  const sallyport = await startSallyport({ env: { HOLD_SECONDS: '1' } })
  let said = ''
  const walk = spawn('npm', ['run', '-s', 'try'], { env: { ...process.env, PORT: String(sallyport.port) } })
  for (const stream of [walk.stdout, walk.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const over = once(walk, 'exit').then(([code]) => code as number | null)
  await expect.poll(() => said, { timeout: 60_000 }).toContain('nobody has answered yet')
  const [, review = ''] = /\/reviews\/([0-9a-f-]+)/.exec(said) ?? []
  const bob = await consoleSession(sallyport.url, 'bob')
  await bob.fetch(`/api/reviews/${review}/votes`, { method: 'POST', body: JSON.stringify({ verdict: 'approve' }) })
  expect(await over, said).toBe(0)
  expect(said).toContain('the shop counts 1 refund')
  await sallyport.stop()
})
