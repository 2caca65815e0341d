import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  online,
  startTestAgent,
  startTestGateway,
  type TestAgent,
  type TestGateway,
  type TestInstance,
} from './gateway.testing'
import { openSession, stdioTarget } from './stdio.testing'

let gateway: TestGateway
let instance: TestInstance
let agent: TestAgent

beforeAll(async () => {
  gateway = await startTestGateway()
  instance = await gateway.instance()
  agent = await startTestAgent(gateway, { url: `http://127.0.0.1:${instance.port}`, targets: [stdioTarget('legacy')] })
  await online(instance, agent)
})
afterAll(async () => {
  await agent.stop()
  await gateway.stop()
})

test('a tool is called', async () => {
  const session = await openSession(instance, agent, 'legacy')
  expect(await session.tool('echo', { note: 'hello' })).toBe('hello')
})
