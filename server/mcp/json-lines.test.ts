import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readObjects } from './json-lines'
import { EventTooLarge } from './sse'

async function* cut(text: string, size: number) {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(text: string, size = 7, sizeMax = 1000): Promise<string[]> {
  const found = []
  for await (const { data } of readObjects(cut(text, size), sizeMax)) found.push(data)
  return found
}

test('objects are read one by one, whatever they hold, however they are spaced and cut', async () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue())
  const spaced = fc.tuple(object, fc.constantFrom(undefined, 2), fc.constantFrom('', '\n', '\r\n ', '\u2028'))
  await fc.assert(
    fc.asyncProperty(fc.array(spaced, { maxLength: 5 }), fc.integer({ min: 1, max: 9 }), async (all, size) => {
      const texts = all.map(([value, indent]) => JSON.stringify(value, null, indent))
      const whole = texts.map((text, n) => text + all[n]?.[2]).join('')
      expect(await read(whole, size, 100_000)).toEqual(texts)
    }),
    { seed: 20_261_130, numRuns: 300 },
  )
})

test('each is there before the next one comes', async () => {
  async function* slowly() {
    yield Buffer.from('{"a":"}')
    yield Buffer.from('{"}')
    throw new Error('the rest was read too early')
  }
  const { value } = await readObjects(slowly(), 100).next()
  expect(value?.data).toBe('{"a":"}{"}')
})

test('one that goes on and on is given up', async () => {
  await expect(read(`{"a":"${'x'.repeat(2000)}"}`)).rejects.toBeInstanceOf(EventTooLarge)
  expect(await read('{"a":'.repeat(30))).toEqual([])
})
