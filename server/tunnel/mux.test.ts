import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { until } from '../db/testing'
import { ask, type HubRequest } from './ask'
import { encode, type Frame, limits } from './frames'
import type { Opening } from './mux'
import { deferred, type Pair, startPair, textOf } from './pair.testing'

let pair: Pair
afterEach(() => pair.close())

const request = (more: Partial<HubRequest> = {}): HubRequest => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: 'hello',
  session: 's',
  signal: new AbortController().signal,
  ...more,
})

const answering = (answer: (opening: Opening) => Promise<void>) =>
  startPair({ agent: { onOpen: (opening) => void answer(opening).catch(() => {}) } })

const echo = async ({ head, stream }: Opening) => {
  const body = await textOf(stream.inbox)
  stream.respond({ status: 200, headers: { 'x-target': head.target } }, false)
  await stream.outbox.write(Buffer.from(body), true)
}

describe('a tunnel', () => {
  test('carries a request and its response, both larger than a window', async () => {
    pair = await answering(echo)
    const body = 'x'.repeat(3 * limits.windowBytes + 1)
    const answer = await ask(pair.gateway, 'shop', request({ body }))
    expect(answer).toMatchObject({ status: 200, headers: { 'x-target': 'shop' } })
    expect(await textOf(answer.body)).toBe(body)
    await until(() => pair.gateway.inFlight + pair.agent.inFlight === 0)
  })

  test('carries 1,000 calls at once and mixes none up', async () => {
    pair = await answering(echo)
    const bodies = Array.from({ length: 1000 }, (_, i) => `${i} `.repeat(1 + (i % 50) * 100))
    const answers = await Promise.all(
      bodies.map(async (body) => textOf((await ask(pair.gateway, 'shop', request({ body }))).body)),
    )
    expect(answers).toEqual(bodies)
    await until(() => pair.gateway.inFlight + pair.agent.inFlight === 0)
  })

  test('a request without a body, and an answer without one, end by their heads', async () => {
    pair = await answering(async ({ stream }) => {
      expect(await textOf(stream.inbox)).toBe('')
      stream.respond({ status: 202, headers: {} }, true)
    })
    const answer = await ask(pair.gateway, 'shop', request({ body: null }))
    expect(answer.status).toBe(202)
    expect(await textOf(answer.body)).toBe('')
    await until(() => pair.gateway.inFlight + pair.agent.inFlight === 0)
  })

  test('a slow reader stops its sender after one window, and nobody else', async () => {
    let sent = 0
    pair = await answering(async (opening) => {
      if (opening.head.target === 'small') return echo(opening)
      opening.stream.respond({ status: 200, headers: {} }, false)
      for (; sent < 100 * limits.windowBytes; sent += limits.dataBytes)
        await opening.stream.outbox.write(Buffer.alloc(limits.dataBytes))
    })
    const slow = await ask(pair.gateway, 'large', request())
    for (let i = 0; i < 20; i += 1)
      expect(await textOf((await ask(pair.gateway, 'small', request({ body: `${i}` }))).body)).toBe(`${i}`)
    expect(sent).toBe(limits.windowBytes)
    await slow.body[Symbol.asyncIterator]().return?.()
    await until(() => pair.agent.inFlight === 0)
  })

  test('a request that nobody reads stops its sender after one window', async () => {
    pair = await answering(() => new Promise(() => {}))
    let came = 0
    pair.sockets.agent.on('message', (data: Buffer) => {
      came += data.length
    })
    const asked = ask(pair.gateway, 'shop', request({ body: 'x'.repeat(100 * limits.windowBytes) }))
    asked.catch(() => {})
    await until(() => came > limits.windowBytes)
    await wait(200)
    expect(came).toBeLessThan(limits.windowBytes + limits.headBytes)
    expect(pair.sockets.gateway.bufferedAmount).toBe(0)
    await pair.close()
    await expect(asked).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('an end', () => {
  test('of the caller, before the answer, reaches the target', async () => {
    const gone = deferred<string>()
    pair = await answering(async ({ stream }) => {
      stream.gone.addEventListener('abort', () => gone.resolve(stream.gone.reason.message))
    })
    const stop = new AbortController()
    const asked = ask(pair.gateway, 'shop', request({ signal: stop.signal }))
    await until(() => pair.agent.inFlight === 1)
    stop.abort()
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
    expect(await gone.promise).toBe('the call was cancelled')
    expect(pair.gateway.inFlight).toBe(0)
  })

  test('of the caller, in the middle of the answer, reaches the target', async () => {
    let stopped: unknown = null
    pair = await answering(async ({ stream }) => {
      stream.respond({ status: 200, headers: {} }, false)
      try {
        for (;;) await stream.outbox.write(Buffer.alloc(1000))
      } catch (error) {
        stopped = error
      }
    })
    const answer = await ask(pair.gateway, 'shop', request())
    for await (const chunk of answer.body) if (chunk.length > 0) break
    await until(() => stopped !== null && pair.agent.inFlight === 0)
  })

  test('of the target, in the middle of the answer, reaches the caller after what was said', async () => {
    pair = await answering(async ({ stream }) => {
      stream.respond({ status: 200, headers: {} }, false)
      await stream.outbox.write(Buffer.from('half'))
      stream.reset('failed', 'the target ended')
    })
    const answer = await ask(pair.gateway, 'shop', request())
    const heard: string[] = []
    const reading = (async () => {
      for await (const chunk of answer.body) heard.push(Buffer.from(chunk).toString())
    })()
    await expect(reading).rejects.toMatchObject({ code: 'unavailable', message: 'the target ended' })
    expect(heard).toEqual(['half'])
  })

  test('of the connection ends every call at once, on both sides', async () => {
    const gone: string[] = []
    pair = await answering(async ({ stream }) => {
      stream.gone.addEventListener('abort', () => gone.push(stream.gone.reason.message))
    })
    const asked = Array.from({ length: 10 }, () => ask(pair.gateway, 'shop', request()))
    await until(() => pair.agent.inFlight === 10)
    const answers = Promise.allSettled(asked)
    pair.sockets.agent.terminate()
    for (const answer of await answers)
      expect(answer).toMatchObject({ reason: { code: 'unavailable', message: 'the agent went away' } })
    await until(() => gone.length === 10)
    await expect(ask(pair.gateway, 'shop', request())).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('without a word is found by silence', async () => {
    pair = await startPair({ gateway: { pace: { pingEveryMs: 50, deadAfterMs: 200 } } })
    const asked = ask(pair.gateway, 'shop', request())
    pair.sockets.agent.pause()
    await expect(asked).rejects.toMatchObject({ code: 'unavailable', message: 'the agent went away' })
    expect(pair.gateway.closed).toBe(true)
  })

  test('is not mistaken for a long silence of both', async () => {
    const pace = { pingEveryMs: 50, deadAfterMs: 200 }
    pair = await startPair({ gateway: { pace }, agent: { pace } })
    await wait(1000)
    expect(pair.gateway.closed || pair.agent.closed).toBe(false)
  })
})

const data = (stream: number, size: number, last = false): Frame => ({
  type: 'data',
  stream,
  last,
  bytes: Buffer.alloc(size),
})
const head: Frame = { type: 'head', stream: 1, last: false, head: { status: 200, headers: {} } }
const broken: [what: string, frames: Frame[]][] = [
  [
    'opens a stream',
    [{ type: 'open', stream: 2, last: true, head: { target: 'a', method: 'GET', headers: {}, session: 's' } }],
  ],
  ['speaks of a stream that never was', [data(7, 1)]],
  ['sends data before its head', [data(1, 1)]],
  ['sends two heads', [head, head]],
  ['sends data after its end', [head, data(1, 1, true), data(1, 1)]],
  ['sends more than it has credit for', [head, ...Array.from({ length: 5 }, () => data(1, limits.dataBytes))]],
  [
    'gives credit without end',
    [
      { type: 'window', stream: 1, bytes: limits.creditMax },
      { type: 'window', stream: 1, bytes: limits.creditMax },
    ],
  ],
]

describe('a gateway hangs up on an agent that', () => {
  for (const [what, frames] of broken)
    test(what, async () => {
      const closed = deferred<number>()
      // The agent never closes its stream, so that every frame meets a live one.
      pair = await startPair({ gateway: { onClose: closed.resolve } })
      const asked = ask(pair.gateway, 'shop', request({ body: 'x'.repeat(10 * limits.windowBytes) }))
      asked.catch(() => {})
      for (const frame of frames) pair.sockets.agent.send(encode(frame))
      expect(await closed.promise).toBe(1002)
    })

  test('sends text', async () => {
    const closed = deferred<number>()
    pair = await startPair({ gateway: { onClose: closed.resolve } })
    pair.sockets.agent.send('{}')
    expect(await closed.promise).toBe(1002)
  })
})

test('an agent hangs up on a gateway that opens a stream twice', async () => {
  const closed = deferred<number>()
  pair = await startPair({ agent: { onClose: closed.resolve } })
  const open = encode({
    type: 'open',
    stream: 1,
    last: true,
    head: { target: 'a', method: 'GET', headers: {}, session: 's' },
  })
  pair.sockets.gateway.send(open)
  pair.sockets.gateway.send(open)
  expect(await closed.promise).toBe(1002)
})

test('a header that does not fit is refused to its caller and hurts nobody else', async () => {
  pair = await answering(echo)
  const bad = request({ headers: { 'mcp-param-x': 'a\r\nb' } })
  await expect(ask(pair.gateway, 'shop', bad)).rejects.toMatchObject({ code: 'unavailable' })
  expect(await textOf((await ask(pair.gateway, 'shop', request({ body: 'still' }))).body)).toBe('still')
})
