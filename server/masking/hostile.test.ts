import { describe, expect, test } from 'vitest'
import type { JsonObject, Mask } from '../types'
import { compileMasks, fulfil } from './fulfil'
import { messageOf } from './hostile.testing'
import { hostileTexts } from './hostile-texts.testing'
import { compileNeedles } from './needles'
import { inBase64 } from './short-encoded'
import { TooMuch } from './too-much'
import { walk } from './walk'
import { begin } from './work'

const mask: Mask = {
  id: 'pii',
  connections: ['*'],
  resources: ['*'],
  fields: ['ssn', 'card_number', 'customers.email'],
  detectors: ['email', 'credit_card', 'iban', 'jwt', 'private_key', 'aws_key'],
  style: 'partial',
  except: [],
}
const masker = compileMasks([mask], new Uint8Array(32).fill(7), ['Bearer tok-5up3r-s3cret/value+1'])
const seed = Number(process.env.MASKING_SEED ?? 7)

/** Units of work that masking takes, or null where the message is withheld because they are too many. */
function unitsOf(message: JsonObject): number | null {
  const work = begin(masker)
  let { left } = work.budget
  let spent = 0
  work.budget = {
    get left() {
      return left
    },
    set left(now: number) {
      spent += Math.max(0, left - now)
      left = now
    },
  }
  try {
    const first = walk(message, 'message', null, work) as JsonObject
    work.needles = compileNeedles([...work.hidden, ...inBase64(work.hidden)], work.budget)
    work.keys.clear()
    if (work.needles !== null) walk(first, 'message', null, work)
    return spent
  } catch (error) {
    if (error instanceof TooMuch) return null
    throw error
  }
}

const [small, times] = [16_000, 4]
// What is looked for in a text of either size, and what only a long one can hold.
const [slack, fixed] = [2, 300_000]

describe('four times as much is four times the work at most, or is withheld', () => {
  const cases = Object.keys(hostileTexts).flatMap((shape) =>
    ['content', 'many values'].map((carrier) => ({ shape, carrier })),
  )
  test.each(cases)('$shape ($carrier)', ({ shape, carrier }) => {
    const [one, four] = [small, small * times].map((size) => unitsOf(messageOf(shape, carrier, size, seed)))
    expect(four ?? 0).toBeLessThan((one ?? 0) * times * slack + fixed)
  })
})

test('a message that would take too long is withheld, and says so', () => {
  const message = messageOf('hidden, alike', 'content', 200_000, seed)
  expect(fulfil(message, masker)).toEqual({
    failed: 'it is too large, too deep or too full of what must be hidden to be masked',
  })
})

test('a large reply full of what must be hidden is masked', () => {
  const row = (i: number) =>
    `{"id":${i},"ssn":"${100 + (i % 900)}-55-${1000 + i}","mail":"p${i}@a.example","city":"Rome"}`
  const rows = Array.from({ length: 12_000 }, (_, i) => row(i))
  for (const text of [`[${rows.join(',')}]`, rows.join('\n')]) {
    const message = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }] } }
    expect(fulfil(message, masker)).toMatchObject({ masked: 24_000 })
  }
})
