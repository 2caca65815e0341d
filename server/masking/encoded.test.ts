import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodedRuns } from './encoded'

// What `readable` takes for a text, without its shortcuts.
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/

const textArb = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 12, maxLength: 60 }),
    fc.string({ unit: 'binary', minLength: 12, maxLength: 60 }),
  )
  .filter((text) => !control.test(text))

for (const encoding of ['base64', 'base64url', 'hex'] as const)
  test(`every text in ${encoding} is found and read, wherever it stands`, () => {
    fc.assert(
      fc.property(textArb, (text) => {
        const run = Buffer.from(text).toString(encoding)
        fc.pre(run.length >= 16)
        const found = encodedRuns(`see ${run} there`)
        expect(found.map((one) => one.text)).toContain(text)
      }),
      { numRuns: 2_000, seed: 5 },
    )
  })

test('what decodes to no text is none, as if all of it were decoded', () => {
  const bytesArb = fc.uint8Array({ minLength: 12, maxLength: 40 })
  fc.assert(
    fc.property(bytesArb, (bytes) => {
      const run = Buffer.from(bytes).toString('base64url')
      const text = Buffer.from(bytes).toString('utf8')
      const isText = !control.test(text) && !control.test(Buffer.from(bytes).subarray(0, 24).toString('latin1'))
      const whole = encodedRuns(run).some(({ start, end }) => start === 0 && end === run.length)
      if (isText) expect(whole).toBe(true)
      else expect(encodedRuns(run).map((one) => one.text)).not.toContain(text)
    }),
    { numRuns: 5_000, seed: 6 },
  )
})
