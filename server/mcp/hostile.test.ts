import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { parse as parseOther } from 'lossless-json'
import { describe, expect, test } from 'vitest'
import { cuts, hostileJson } from './hostile.testing'
import { readMessage } from './messages'
import { readEvents, type ServerEvent } from './sse'

// A bound against what freezes everybody, not a measure of speed.
const hangMs = 1000
const numRuns = process.env.SOAK === '1' ? 100_000 : 2000
const corpus = (folder: string) => {
  const dir = join(import.meta.dirname, 'corpus', folder)
  return readdirSync(dir).map((name): [string, Buffer] => [name, readFileSync(join(dir, name))])
}

/** Reads a message; what is taken must mean one thing, also to a reader who is not ours. */
function judge(text: string): 'taken' | 'refused' {
  const before = process.cpuUsage()
  const read = readMessage(text)
  const { user, system } = process.cpuUsage(before)
  // Of the processor's time: on a busy machine anything takes long.
  expect((user + system) / 1000).toBeLessThan(hangMs)
  if (read.kind === 'malformed') return 'refused'
  const body = read.kind === 'message' ? read.message.body : read.response.response
  // Another reader, who refuses a key that stands twice with another value.
  expect(JSON.stringify(parseOther(text, undefined, Number))).toBe(JSON.stringify(body))
  // As text: -0 is 0 to whoever reads it next.
  expect(JSON.stringify(readMessage(JSON.stringify(body)))).toBe(JSON.stringify(read))
  return 'taken'
}

const message = fc.record(
  {
    jsonrpc: fc.constant('2.0'),
    id: fc.oneof(fc.integer(), fc.string(), fc.constantFrom(null, 1.5, {}, true)),
    method: fc.constantFrom('tools/call', 'ping', 'notifications/progress', 'constructor', '__proto__', ''),
    params: fc.oneof(fc.record({ name: fc.string(), arguments: fc.jsonValue({ maxDepth: 4 }) }), fc.jsonValue()),
  },
  { requiredKeys: ['jsonrpc', 'method'] },
)

describe('a hostile message is taken with one meaning or refused, within a moment', () => {
  test('made up', { timeout: 1_800_000 }, () => {
    let taken = 0
    fc.assert(
      fc.property(hostileJson(message), (text) => {
        if (judge(text) === 'taken') taken += 1
      }),
      { numRuns },
    )
    expect(taken).toBeGreaterThan(numRuns / 20)
  })
  for (const [name, bytes] of corpus('messages')) test(name, () => void judge(bytes.toString()))
  const sizes: [what: string, text: string][] = [
    [
      'a number of four million digits',
      `{"jsonrpc":"2.0","id":1,"method":"x","params":{"n":1.${'0'.repeat(4_000_000)}1}}`,
    ],
    [
      '300,000 keys',
      `{"jsonrpc":"2.0","method":"x","params":{${Array.from({ length: 300_000 }, (_, n) => `"${n}":0`)}}}`,
    ],
    ['four million brackets', '['.repeat(2_000_000) + ']'.repeat(2_000_000)],
    ['a string of quotes', `{"jsonrpc":"2.0","id":"${'\\"'.repeat(2_000_000)}","method":"x"}`],
  ]
  for (const [what, text] of sizes) test(what, () => void judge(text))
})

async function* pieces(chunks: Uint8Array[]) {
  yield* chunks
}

async function read(chunks: Uint8Array[], max?: number): Promise<ServerEvent[] | 'too large'> {
  const out: ServerEvent[] = []
  try {
    for await (const event of readEvents(pieces(chunks), max)) out.push(event)
  } catch (error) {
    expect(error).toMatchObject({ code: 'event-too-large' })
    return 'too large'
  }
  return out
}

/** HTML, section 9.2.6, on the whole text at once. */
function expected(bytes: Uint8Array): ServerEvent[] {
  const lines = new TextDecoder()
    .decode(bytes)
    .split(/\r\n|\r|\n/)
    .slice(0, -1)
  const out: ServerEvent[] = []
  let fields: [string, string][] = []
  const last = (name: string) => fields.findLast(([field]) => field === name)?.[1] ?? null
  for (const line of lines) {
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
    if (line === '') {
      const data = fields.filter(([name]) => name === 'data').map(([, text]) => text)
      const event = { event: last('event') ?? 'message', data: data.join('\n'), id: last('id'), retry: last('retry') }
      if (fields.length > 0) out.push(event)
      fields = []
    } else if (!line.startsWith(':') && !(field === 'id' && value.includes('\0'))) fields.push([field, value])
    else if (field === 'id') fields.push(['', ''])
  }
  return out
}

const streamBytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'data:',
        'data: ',
        'id: ',
        'event: ',
        'retry: ',
        ':',
        '\n',
        '\r',
        '\r\n',
        '\n\n',
        '\r\r',
        '\ufeff',
        '\0',
      ),
      fc.constantFrom('{"jsonrpc":"2.0"}', 'ä', '👩‍👩‍👧', 'data', 'x'.repeat(100)),
      fc.string(),
    ),
    { maxLength: 30 },
  )
  .chain((parts) =>
    fc.tuple(fc.constant(Buffer.from(parts.join(''))), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 })),
  )
  .map(([bytes, changes]) => {
    for (const [where, value] of changes) if (bytes.length > 0) bytes[where % bytes.length] = value
    return bytes
  })

describe('a hostile stream is the same events however it is cut', () => {
  test('made up', { timeout: 1_800_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        streamBytes,
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 }),
        async (bytes, sizes) => {
          expect(await read(cuts(bytes, sizes))).toEqual(expected(bytes))
        },
      ),
      { numRuns },
    )
  })
  for (const [name, bytes] of corpus('streams'))
    test(name, async () => {
      for (const size of [1, 2, 3, 100, bytes.length]) expect(await read(cuts(bytes, [size]))).toEqual(expected(bytes))
    })

  const events: [what: string, text: string, want: 'too large' | number][] = [
    ['one event of 15 MB in small pieces', `data: ${'x'.repeat(15_000_000)}\n\n`, 1],
    ['one event without end', `data: ${'x'.repeat(17_000_000)}`, 'too large'],
    ['one event of millions of fields', 'data\n'.repeat(3_000_000), 'too large'],
    ['a comment without end', `:${'x'.repeat(17_000_000)}`, 'too large'],
    ['300,000 events', 'data: x\n\n'.repeat(300_000), 300_000],
  ]
  for (const [what, text, want] of events)
    test(what, async () => {
      const got = await read(cuts(Buffer.from(text), [1024]))
      expect(got === 'too large' ? got : got.length).toBe(want)
    })
})

test('an event leaves when its last byte has come, whichever way its lines end', async () => {
  for (const end of ['\n\n', '\r\r', '\r\n\r\n']) {
    const asked: string[] = []
    async function* answering() {
      yield Buffer.from(`data: 1${end}`)
      asked.push('more')
      yield Buffer.from(`data: 2${end}`)
    }
    const events = readEvents(answering())
    expect((await events.next()).value?.data).toBe('1')
    expect(asked).toEqual([])
    expect((await events.next()).value?.data).toBe('2')
    expect((await events.next()).done).toBe(true)
  }
})
