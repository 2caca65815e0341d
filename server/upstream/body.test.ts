import { afterEach, expect, test } from 'vitest'
import { PushedBody, type Source } from './body'

const told: string[] = []
const source: Source = {
  pause: () => told.push('pause'),
  resume: () => told.push('resume'),
  abort: () => told.push('abort'),
}
const bytes = (size: number) => Buffer.alloc(size, 'x')
afterEach(() => void told.splice(0))

test('a body is whole when its end has come, however it was cut into pieces', async () => {
  for (const pieces of [[], [5], [1, 2, 3], [70_000, 70_000]]) {
    const body = new PushedBody(source)
    const [early, ...late] = pieces
    if (early !== undefined) body.push(bytes(early))
    const whole = body.whole(1_000_000)
    for (const piece of late) body.push(bytes(piece))
    body.end(null)
    expect((await whole)?.byteLength).toBe(pieces.reduce((sum, piece) => sum + piece, 0))
  }
})

test('a body longer than what may be masked is null, and the rest is not wanted', async () => {
  const body = new PushedBody(source)
  const whole = body.whole(10)
  body.push(bytes(6))
  body.push(bytes(6))
  expect(await whole).toBe(null)
  expect(told).toContain('abort')
})

test('a body that is cut off is never taken for a whole one, read in one or in pieces', async () => {
  const cut = new Error('cut')
  const one = new PushedBody(source)
  one.push(bytes(3))
  one.end(cut)
  await expect(one.whole(10)).rejects.toBe(cut)
  const other = new PushedBody(source)
  other.push(bytes(3))
  other.end(cut)
  const read = async () => {
    let size = 0
    for await (const piece of other) size += piece.byteLength
    return size
  }
  await expect(read()).rejects.toBe(cut)
})

test('who reads in pieces slows the source down, and stopping early tells it so', async () => {
  const body = new PushedBody(source)
  for (let n = 0; n < 4; n += 1) body.push(bytes(40_000))
  expect(told).toContain('pause')
  for await (const piece of body) {
    expect(piece.byteLength).toBe(40_000)
    break
  }
  expect(told.slice(-1)).toEqual(['abort'])
})

test('a body that has come is there at once, unless it is too long or was cut off', async () => {
  const body = new PushedBody(source)
  body.push(Buffer.from('{"a":'))
  body.push(Buffer.from('1}'))
  body.end(null)
  expect(String(body.whole(7))).toBe('{"a":1}')

  const long = new PushedBody(source)
  long.push(Buffer.from('1234'))
  long.end(null)
  expect(await long.whole(3)).toBe(null)

  const cut = new PushedBody(source)
  cut.push(Buffer.from('12'))
  cut.end(new Error('cut off'))
  await expect(cut.whole(7)).rejects.toThrow('cut off')
})
