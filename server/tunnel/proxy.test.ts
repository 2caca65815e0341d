import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { online, startTestAgent, startTestGateway } from './gateway.testing'
import { openSession, stdioTarget } from './stdio.testing'

/** The only way out of a network: it knows where `gateway.test` is, which the agent does not. */
const asked: { place: string; authorization: string }[] = []
let gatewayPort = 0
const proxy = createServer((_, res) => res.writeHead(403).end())
proxy.on('connect', (req, socket, head) => {
  asked.push({ place: req.url ?? '', authorization: req.headers['proxy-authorization'] ?? '' })
  const onward = connect(gatewayPort, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    onward.write(head)
    socket.pipe(onward).pipe(socket)
  })
  for (const end of [socket, onward]) end.on('error', () => {})
})
afterAll(() => void proxy.close())

test('an agent enrols and dials through the proxy of its environment, with the password in it, which no log shows', async () => {
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const gateway = await startTestGateway()
  const instance = await gateway.instance({ publicUrl: 'http://gateway.test' })
  gatewayPort = instance.port
  const { port } = proxy.address() as AddressInfo
  const env = { HTTP_PROXY: `http://agent:pass-word-of-proxy@127.0.0.1:${port}` }
  const targets = [stdioTarget('legacy')]
  const agent = await startTestAgent(gateway, { url: 'http://gateway.test', targets, env, config: { insecure: true } })
  await online(instance, agent)
  const session = await openSession(instance, agent, 'legacy')
  expect(await session.tool('echo', { note: 'through the proxy' })).toBe('through the proxy')
  const authorization = `Basic ${Buffer.from('agent:pass-word-of-proxy').toString('base64')}`
  expect(asked.length).toBeGreaterThanOrEqual(2)
  for (const one of asked) expect(one).toEqual({ place: 'gateway.test:80', authorization })
  expect(agent.output()).not.toContain('pass-word-of-proxy')
  await agent.stop()
  await gateway.stop()
}, 60_000)
