import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dialTcp, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../db/testing'
import {
  ended,
  online,
  post,
  startTestAgent,
  startTestGateway,
  startTunnel,
  type TestAgent,
  type TestGateway,
  type TestInstance,
} from './gateway.testing'
import { textOf } from './pair.testing'
import { initialize, messagesOf, modernCall, openSession, stdioTarget, toolCall, toolText } from './stdio.testing'

const env = { SECRET: 'only-the-agent-knows', SPELLED: 'a/secret+with=signs' }
let gateway: TestGateway
let instance: TestInstance
let agent: TestAgent
let stop: () => Promise<void>

beforeAll(async () => {
  const targets = [
    stdioTarget('legacy', { env: { SECRET: { env: 'SECRET' } } }),
    stdioTarget('modern', {}, '--modern'),
    stdioTarget('hurried', { timeoutSeconds: 1 }),
    stdioTarget('small', { memoryMb: 150 }),
    stdioTarget('spelled', { env: { SPELLED: { env: 'SPELLED' } } }),
  ]
  ;({ gateway, instance, agent, stop } = await startTunnel(targets, env))
}, 60_000)

afterAll(() => stop())

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** What a caller would be told: the answer, or why there is none. */
const told = async (asked: Promise<string>): Promise<string> => asked.catch((error: Error) => error.message)

const badChildren: [does: string, target: string, args: object, says: RegExp][] = [
  ['die', 'legacy', {}, /ended/],
  ['hang', 'hurried', {}, /did not answer|hangs|in time/],
  ['never', 'hurried', {}, /did not answer|in time/],
  ['flood', 'legacy', {}, /^flooded$/],
  ['junk', 'legacy', {}, /^after junk$/],
  ['huge', 'legacy', {}, /too large|larger|too long/],
  ['unended', 'hurried', {}, /too large|larger|too long|did not answer|in time/],
  ['memory', 'small', { megabytes: 400 }, /memory|ended/],
]

test.each(badChildren)(
  'a stdio child that does `%s` costs its caller a clear answer, and the next one nothing',
  async (does, target, args, says) => {
    const session = await openSession(instance, agent, target, does)
    expect(await told(session.tool(does, args))).toMatch(says)
    const next = await openSession(instance, agent, target, `after ${does}`)
    expect(await next.tool('echo', { note: 'still here' })).toBe('still here')
    expect(instance.hub.online(agent.id)).toBe(true)
  },
  30_000,
)

test('what a child started ends with its session, and one that ignores every hint is killed', async () => {
  const session = await openSession(instance, agent, 'legacy', 'family')
  const pids = [await session.tool('grandchild'), await session.tool('stubborn')].map(Number)
  expect(pids.map(alive)).toEqual([true, true])
  await session.send({}, { method: 'DELETE', body: null })
  await until(() => !pids.some(alive))
}, 30_000)

test('promise 8: a child knows its own config and nothing of ours, and its credential does not come back', async () => {
  const session = await openSession(instance, agent, 'legacy', 'environment')
  const text = await session.tool('env')
  expect(text).not.toContain('only-the-agent-knows')
  const names = Object.keys(JSON.parse(text))
  expect(names).toContain('SECRET')
  expect(names.filter((name) => !['PATH', 'HOME', 'LANG', 'TMPDIR', 'TZ', 'SECRET'].includes(name))).toEqual([])
  expect(agent.output()).not.toContain('only-the-agent-knows')
})

test('promise 8: what a target says of its credential is hidden plain, in base64 and URL-encoded', async () => {
  const session = await openSession(instance, agent, 'spelled', 'spelled')
  const secret = 'a/secret+with=signs'
  for (const form of [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)]) {
    const text = await session.tool('echo', { note: `it is ${form} indeed` })
    expect(text).toContain('indeed')
    expect(text).not.toContain(form)
  }
})

test('who stops waiting cancels at the target', async () => {
  const session = await openSession(instance, agent, 'legacy', 'cancelling')
  const gone = new AbortController()
  const waiting = told(session.tool('never', {}, { signal: gone.signal }))
  await sleep(100)
  gone.abort()
  await waiting
  await until(async () => JSON.parse(await session.tool('cancelled')).length === 1)
})

test('one process for each session, in either era, also for clients that open none', async () => {
  const ask = async (target: string, message: object, session: string) => {
    const text = await textOf((await post(instance, agent, target, message, { session })).body)
    return toolText(text.startsWith('{') ? text : JSON.stringify(messagesOf(text).at(-1)))
  }
  for (const [target, message] of [
    ['legacy', toolCall('pid')],
    ['modern', modernCall('pid')],
  ] as const) {
    const [one, again, other] = await Promise.all([
      ask(target, message, `${target} 1`),
      ask(target, message, `${target} 1`),
      ask(target, message, `${target} 2`),
    ])
    expect(Number(one)).toBeGreaterThan(1)
    expect(again).toBe(one)
    expect(other).not.toBe(one)
  }
})

test('a session belongs to the one that opened it', async () => {
  const session = await openSession(instance, agent, 'legacy', 'mine')
  const taken = await session.send(toolCall('pid'), { session: 'not mine' })
  expect(taken.status).toBe(404)
})

test('promise 10: an agent that is killed costs calls in flight a clear error; once it is back the next call works', async () => {
  const session = await openSession(instance, agent, 'legacy', 'killed')
  const stream = await session.send(toolCall('progress', { steps: 1 }, 5, { progressToken: 1 }))
  const waiting = told(session.tool('never'))
  await ended(agent.process, 'SIGKILL')
  expect(await waiting).toMatch(/agent/)
  await told(textOf(stream.body))
  expect(await told(session.tool('echo'))).toMatch(/the agent is not connected/)
  agent.restart(env)
  await online(instance, agent)
  const next = await openSession(instance, agent, 'legacy', 'after the kill')
  expect(await next.tool('echo', { note: 'back' })).toBe('back')
}, 30_000)

test('a thousand calls at once over one tunnel, each with its own answer', async () => {
  const session = await openSession(instance, agent, 'legacy', 'many')
  const asked = Array.from({ length: 1000 }, (_, n) =>
    session.send(toolCall('echo', { note: `note ${n}` }, n)).then(({ body }) => textOf(body)),
  )
  const answers = await Promise.all(asked)
  expect(answers.map((answer) => toolText(answer))).toEqual(answers.map((_, n) => `note ${n}`))
}, 60_000)

/** Passes bytes on until it is told to fall silent, as a network does that loses its cable. */
async function cuttable(port: number): Promise<{ server: Server; port: number; cut(): void; mend(): void }> {
  let dead = false
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    if (dead) return socket.pause()
    const onward = dialTcp(port, '127.0.0.1')
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {}).on('close', () => !dead && to.destroy())
      from.on('data', (chunk) => !dead && to.write(chunk))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const own = (server.address() as AddressInfo).port
  return {
    ...{ server, port: own },
    cut: () => {
      dead = true
    },
    mend: () => {
      for (const socket of sockets) socket.destroy()
      dead = false
    },
  }
}

test('a network that is cut without a word is found, calls in flight are told, and the agent comes back', async () => {
  const pace = { pingEveryMs: 200, deadAfterMs: 1500 }
  const alone = await startTestGateway()
  const first = await alone.instance()
  await first.stop()
  const proxied = await cuttable(first.port)
  const publicUrl = `http://127.0.0.1:${proxied.port}`
  const last = await alone.instance({ port: first.port, publicUrl, pace })
  const other = await startTestAgent(alone, {
    url: publicUrl,
    targets: [stdioTarget('legacy')],
  })
  await online(last, other)
  const session = await openSession(last, other, 'legacy')
  const waiting = told(session.tool('never'))
  proxied.cut()
  expect(await waiting).toMatch(/agent/)
  await until(() => !last.hub.online(other.id))
  proxied.mend()
  await until(() => last.hub.online(other.id))
  await other.stop()
  await alone.stop()
  proxied.server.close()
}, 60_000)

test('a caller that reads slowly holds back only its own target, and gets all of it in the end', async () => {
  const session = await openSession(instance, agent, 'legacy', 'slow')
  const slow = await session.send(toolCall('progress', { steps: 300, padding: 100_000 }, 9, { progressToken: 'p' }))
  const body = slow.body[Symbol.asyncIterator]()
  await body.next()
  await sleep(300)
  const beside = await openSession(instance, agent, 'legacy', 'beside')
  expect(await beside.tool('echo', { note: 'not held back' })).toBe('not held back')
  let bytes = 0
  for (let next = await body.next(); !next.done; next = await body.next()) bytes += next.value.byteLength
  expect(bytes).toBeGreaterThan(290 * 100_000)
}, 60_000)

test('a gateway that starts again is found by the agent without help', async () => {
  const { port } = instance
  await instance.stop()
  instance = await gateway.instance({ port })
  await online(instance, agent)
  const opened = await post(instance, agent, 'legacy', initialize, { session: 'again' })
  expect(opened.headers['mcp-session-id']).toBeTruthy()
  await textOf(opened.body)
}, 60_000)

/** One address for several instances, each connection to the next of them. */
async function balanced(ports: number[]): Promise<{ server: Server; port: number }> {
  let next = 0
  const server = createServer((socket) => {
    const onward = dialTcp(ports[next++ % ports.length] as number, '127.0.0.1')
    socket.on('error', () => {}).on('close', () => onward.destroy())
    onward.on('error', () => {}).on('close', () => socket.destroy())
    socket.pipe(onward).pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

test('an agent is connected to each instance; when one goes, only its own calls in flight are lost', async () => {
  const several = await startTestGateway()
  const [first, second] = [await several.instance(), await several.instance()]
  const ports = [first.port, second.port]
  await Promise.all([first.stop(), second.stop()])
  const address = await balanced(ports)
  const publicUrl = `http://127.0.0.1:${address.port}`
  const [one, two] = await Promise.all(ports.map((port) => several.instance({ port, publicUrl })))
  if (one === undefined || two === undefined) throw new Error('two instances were asked for')
  const other = await startTestAgent(several, { url: publicUrl, targets: [stdioTarget('legacy')] })
  await Promise.all([online(one, other), online(two, other)])
  const lost = await openSession(one, other, 'legacy', 'lost')
  const kept = await openSession(two, other, 'legacy', 'kept')
  const waiting = told(lost.tool('never'))
  await one.stop()
  expect(await waiting).toMatch(/gateway is stopping|agent/)
  expect(await kept.tool('echo', { note: 'not lost' })).toBe('not lost')
  const next = await openSession(two, other, 'legacy', 'next')
  expect(await next.tool('echo', { note: 'the next call works' })).toBe('the next call works')
  await other.stop()
  await several.stop()
  address.server.close()
}, 60_000)
