import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createAgent } from '../agents/create-agent'
import { listAgents } from '../agents/list-agents'
import { renewToken } from '../agents/renew-token'
import { revokeAgent } from '../agents/revoke-agent'
import { until } from '../db/testing'
import { newKey, readIdentity } from './agent/identity'
import {
  ended,
  online,
  post,
  startTestAgent,
  startTunnel,
  type TestAgent,
  type TestGateway,
  type TestInstance,
} from './gateway.testing'
import { closes, connectPath, protocol, writeHello } from './handshake'
import { initialize, openSession, stdioTarget, toolCall } from './stdio.testing'

let gateway: TestGateway
let instance: TestInstance
let agent: TestAgent
let stop: () => Promise<void>

beforeAll(async () => {
  ;({ gateway, instance, agent, stop } = await startTunnel([stdioTarget('legacy')]))
}, 60_000)

afterAll(() => stop())

test('a tool is called', async () => {
  const session = await openSession(instance, agent, 'legacy')
  expect(await session.tool('echo', { note: 'hello' })).toBe('hello')
})

const identityOf = (one: TestAgent) => readIdentity(join(one.dir, 'agent-identity.json'))

/** Speaks the handshake by hand; says how it ended. */
async function shake(answer: (challenge: { nonce: string; instance: string }) => string): Promise<number | 'welcome'> {
  const socket = new WebSocket(`ws://127.0.0.1:${instance.port}${connectPath}`)
  const closed = once(socket, 'close').then(([code]) => code as number)
  const [challenge] = await once(socket, 'message')
  const welcome = once(socket, 'message').then(() => 'welcome' as const)
  socket.send(answer(JSON.parse(String(challenge))))
  const ending = await Promise.race([closed, welcome])
  socket.terminate()
  return ending
}

const helloFor = (one: TestAgent, { nonce, instance: id }: { nonce: string; instance: string }, more: object = {}) => ({
  ...{ protocol, nonce, instance: id, agent: identityOf(one).agent, process: randomUUID(), time: Date.now() },
  ...{ gateway: `http://127.0.0.1:${instance.port}`, version: '1', targets: [] },
  ...more,
})

test('a one-time token is good once, and only its hash is kept', async () => {
  const { token } = await createAgent(gateway.ctx, { name: `once-${randomUUID()}` })
  const send = () =>
    fetch(`http://127.0.0.1:${instance.port}/agents/enrol`, {
      method: 'POST',
      body: JSON.stringify({ token, publicKey: newKey().publicKey }),
    })
  expect([(await send()).status, (await send()).status]).toEqual([200, 403])
  const { rows } = await gateway.database.asOwner('select count(*)::int as n from agents where agents::text like $1', [
    `%${token}%`,
  ])
  expect(rows[0].n).toBe(0)
})

test('a token that is over by the database clock is worth nothing', async () => {
  const { id, token } = await createAgent(gateway.ctx, { name: `late-${randomUUID()}` })
  await gateway.database.asOwner("update agents set enrol_expires_at = now() - interval '1 second' where id = $1", [id])
  const answer = await fetch(`http://127.0.0.1:${instance.port}/agents/enrol`, {
    method: 'POST',
    body: JSON.stringify({ token, publicKey: newKey().publicKey }),
  })
  expect(answer.status).toBe(403)
})

test('two agents cannot have one name', async () => {
  await expect(createAgent(gateway.ctx, { name: agent.name })).rejects.toMatchObject({ code: 'conflict' })
})

test('a hello that is forged, replayed, meant for another gateway or from another key is refused', async () => {
  const { key } = identityOf(agent)
  const { privateKey } = newKey()
  const other = join(agent.dir, 'other.json')
  const stored = JSON.parse(readFileSync(join(agent.dir, 'agent-identity.json'), 'utf8'))
  writeFileSync(other, JSON.stringify({ ...stored, privateKey }), { mode: 0o600 })
  let earlier = ''
  await shake((challenge) => {
    earlier = writeHello(helloFor(agent, challenge), key)
    return 'nothing like a hello'
  })
  const refused: [string, number | 'welcome'][] = [
    ['replayed', await shake(() => earlier)],
    ['another key', await shake((challenge) => writeHello(helloFor(agent, challenge), readIdentity(other).key))],
    [
      'another gateway',
      await shake((challenge) => writeHello(helloFor(agent, challenge, { gateway: 'https://elsewhere.example' }), key)),
    ],
    [
      'another instance',
      await shake((challenge) => writeHello(helloFor(agent, challenge, { instance: randomUUID() }), key)),
    ],
    ['unknown', await shake((challenge) => writeHello(helloFor(agent, challenge, { agent: randomUUID() }), key))],
    ['changed', await shake((challenge) => writeHello(helloFor(agent, challenge), key).replace('hello', 'hallo'))],
  ]
  for (const [what, ending] of refused) expect([closes.refused, closes.malformed], what).toContain(ending)
})

test('any number of strangers that connect and say nothing keep no agent out', async () => {
  const strangers = Array.from({ length: 250 }, () => {
    const socket = new WebSocket(`ws://127.0.0.1:${instance.port}${connectPath}`)
    socket.on('error', () => {})
    return socket
  })
  await until(() => strangers.every(({ readyState }) => readyState !== WebSocket.CONNECTING))
  const ending = await shake((challenge) => writeHello(helloFor(agent, challenge), identityOf(agent).key))
  // It is there already, which only who was let in is told.
  expect(ending).toBe(closes.connected)
  for (const socket of strangers) socket.terminate()
})

test('a second process of one agent waits; the first goes on', async () => {
  const ending = await shake((challenge) => writeHello(helloFor(agent, challenge), identityOf(agent).key))
  expect(ending).toBe(closes.connected)
  const session = await openSession(instance, agent, 'legacy')
  expect(await session.tool('echo', { note: 'the first' })).toBe('the first')
})

test('an agent serves only what an administrator attached, and only what its own config names', async () => {
  await expect(post(instance, agent, 'nothing-here', toolCall('echo'))).rejects.toThrow(
    /no connection names this target/,
  )
  await gateway.attach(agent.id, '../../bin/sh')
  await expect(post(instance, agent, '../../bin/sh', toolCall('echo'))).rejects.toMatchObject({ code: 'unavailable' })
})

test('a target that is added to the config is served without a restart: tried by an administrator first, called once it is attached', async () => {
  agent.configure([stdioTarget('legacy'), stdioTarget('added')])
  const ask = (more: object) => post(instance, agent, 'added', initialize, { session: 'try', ...more })
  const found = async () => (await ask({ trial: true }).catch(() => null))?.status === 200
  await until(found)
  await expect(ask({})).rejects.toThrow(/no connection names this target/)
  await gateway.attach(agent.id, 'added')
  const session = await openSession(instance, agent, 'added')
  expect(await session.tool('echo', { note: 'no restart' })).toBe('no restart')
}, 30_000)

test('a config that is not usable changes nothing', async () => {
  writeFileSync(agent.configPath, 'targets: [{ name: legacy, type: http }]')
  await until(() => agent.output().includes('is not usable'))
  const session = await openSession(instance, agent, 'legacy', 'after a mistake')
  expect(await session.tool('echo', { note: 'as before' })).toBe('as before')
}, 30_000)

test('revoking takes effect at once and for good, until the token is renewed', async () => {
  const other = await startTestAgent(gateway, {
    url: `http://127.0.0.1:${instance.port}`,
    targets: [stdioTarget('legacy')],
  })
  await online(instance, other)
  const session = await openSession(instance, other, 'legacy')
  const waiting = session.tool('never').catch((error: Error) => error.message)
  await revokeAgent(gateway.ctx, other.id)
  expect(await waiting).toMatch(/agent/)
  await until(() => !instance.hub.online(other.id))
  const { key } = identityOf(other)
  const ending = await shake((challenge) => writeHello(helloFor(other, challenge), key))
  expect([closes.refused, closes.revoked]).toContain(ending)
  await ended(other.process, 'SIGTERM')
  const { token } = await renewToken(gateway.ctx, other.id)
  const publicKey = newKey().publicKey
  const answer = await fetch(`http://127.0.0.1:${instance.port}/agents/enrol`, {
    method: 'POST',
    body: JSON.stringify({ token, publicKey }),
  })
  expect(answer.status).toBe(200)
  const listed = (await listAgents(gateway.ctx)).find(({ id }) => id === other.id)
  expect(listed).toMatchObject({ state: 'enrolled', online: false })
  await other.stop()
}, 60_000)
