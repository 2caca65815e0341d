import { npmRun } from './support/command'
import { expect, test } from './support/fixtures'

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
