import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { dressPage } from './page-headers'

/** What a page's request looks like inside, and its response outside. */
async function dressed(publicUrl: string, dev: boolean, headers: Record<string, string> = {}, path = '/sessions') {
  let inside: IncomingMessage['headers'] = {}
  const server = createServer((req: IncomingMessage, res: ServerResponse) => {
    dressPage(req, res, { publicUrl, dev })
    inside = req.headers
    res.end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}${path}?person=alice`, { headers })
  server.close()
  return { inside, response, policy: response.headers.get('content-security-policy') ?? '' }
}

const nonceOf = (policy: string) => /'nonce-([^']+)'/.exec(policy)?.[1]

test('a page may not be framed, and runs no script but ours with a nonce of this one answer', async () => {
  const { policy, inside, response } = await dressed('http://localhost:3000', false)
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).toMatch(/script-src 'self' 'nonce-[\w+/=]{24}'(;|$)/)
  expect(policy).toContain("object-src 'none'")
  expect(policy).toContain("base-uri 'none'")
  expect(inside['content-security-policy']).toBe(policy)
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  expect(response.headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin')
  expect(response.headers.has('strict-transport-security')).toBe(false)
  expect(nonceOf((await dressed('http://localhost:3000', false)).policy)).not.toBe(nonceOf(policy))
})

test('what a caller says about path or policy is not believed', async () => {
  const claims = { 'x-sallyport-path': '/elsewhere', 'content-security-policy': "script-src 'nonce-mine'" }
  const { inside, policy } = await dressed('http://localhost:3000', false, claims)
  expect(inside['x-sallyport-path']).toBe('/sessions?person=alice')
  expect(inside['content-security-policy']).toBe(policy)
  expect(policy).not.toContain('mine')
})

test('a token is for the API and for calls; a page knows its viewer by the cookie, whatever a proxy in front sends', async () => {
  const inside = async (path: string) =>
    (await dressed('http://localhost:3000', false, { authorization: 'Basic YTpi', cookie: 'a=b' }, path)).inside
  for (const path of ['/', '/sessions', '/sign-in', '/apis']) {
    expect(await inside(path), path).not.toHaveProperty('authorization')
    expect(await inside(path), path).toHaveProperty('cookie', 'a=b')
  }
  for (const path of ['/api/sessions', '/mcp/shop'])
    expect(await inside(path), path).toHaveProperty('authorization', 'Basic YTpi')
})

test('an address with TLS is asked for with TLS from then on', async () => {
  const { response } = await dressed('https://sallyport.example.com', false)
  expect(response.headers.get('strict-transport-security')).toMatch(/max-age=\d+/)
})
