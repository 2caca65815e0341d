import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readEvents, type ServerEvent, writeEvent } from './sse'

const bytes = (text: string) => new TextEncoder().encode(text)

async function* chunked(text: string, size: number): AsyncGenerator<Uint8Array> {
  const all = bytes(text)
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size)
}

async function read(text: string, size = 7, max?: number): Promise<ServerEvent[]> {
  const out: ServerEvent[] = []
  for await (const event of readEvents(chunked(text, size), max)) out.push(event)
  return out
}

const event = (data: string, more: Partial<ServerEvent> = {}): ServerEvent => ({
  event: 'message',
  data,
  id: null,
  retry: null,
  ...more,
})

const cases: [guarantee: string, text: string, want: ServerEvent[]][] = [
  ['one event', 'data: a\n\n', [event('a')]],
  ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', [event('a'), event('b')]],
  ['CR alone', 'data: a\r\rdata: b\r\r\n', [event('a'), event('b')]],
  ['several data lines become one text', 'data: a\ndata: b\n\n', [event('a\nb')]],
  ['comments are dropped', ': hi\n\n: x\ndata: a\n\n', [event('a')]],
  [
    'id, event and retry are kept',
    'id: 7\nevent: x\nretry: 10\ndata: a\n\n',
    [event('a', { id: '7', event: 'x', retry: '10' })],
  ],
  ['only one space is taken off', 'data:  a\n\n', [event(' a')]],
  ['an unfinished event is dropped', 'data: a\n\ndata: b', [event('a')]],
]
describe('readEvents', () => {
  for (const [guarantee, text, want] of cases)
    test(guarantee, async () => {
      for (const size of [1, 2, 3, 1000]) expect(await read(text, size)).toEqual(want)
    })
})

test('an event without end is refused, not collected', async () => {
  await expect(read(`data: ${'x'.repeat(5000)}`, 100, 1000)).rejects.toMatchObject({ code: 'event-too-large' })
})

test('what is written is read back, whatever the text and however it is cut', async () => {
  const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\r', ''))
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (value, size) => {
      expect(await read(writeEvent(value), size)).toEqual([event(value)])
    }),
    { numRuns: 200 },
  )
})
