import { describe, expect, test } from 'vitest'
import type { DetectorName, Mask } from '../types'
import { clean, compileMasks, type MaskOptions } from './fulfil'

const mask = (fields: string[], detectors: DetectorName[]): Mask => ({
  id: 'm',
  connections: ['*'],
  resources: ['*'],
  fields,
  detectors,
  style: 'redact',
  except: [],
})
const all: DetectorName[] = ['email', 'credit_card', 'iban', 'jwt', 'private_key', 'aws_key']
const masker = (
  masks = [mask(['ssn', 'card_number'], all)],
  credentials = ['s3cr3t/value'],
  options: MaskOptions = {},
) => compileMasks(masks, new Uint8Array(32), credentials, options)

describe('a reply is clean', () => {
  test.each([
    '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"42 rows\\nof \\"orders\\" are fine"}]}}',
    '{"id":"5b1f0e5c-9f3b-4f7e-8f53-0d6e1d2f3a4b","total":19.99,"at":"2026-11-23T10:00:00.000Z"}',
    '{"text":"naïve café, 你好, 50%"}',
    '{"lessons":1,"passnr":2,"user_ssnx":3}',
  ])('%s', (text) => expect(clean(text, masker())).toBe(true))
})

test('a reply that grows too much when it is folded is not proved to be clean', () => {
  expect(clean(JSON.stringify({ text: '\ufdfa'.repeat(5_000) }), masker())).toBe(false)
})

describe('a reply is not clean', () => {
  test.each([
    ['a field', '{"ssn":1}'],
    ['a field in other letters', '{"cardNumber":1}'],
    ['a field in text', '{"text":"Their SSN is"}'],
    ['a field after an escape', '{"text":"a\\nssn"}'],
    ['an escaped key', '{"\\u0073sn":1}'],
    ['an escaped value', '{"a":"alice\\u0040example.com"}'],
    ['a full-width key', '{"ｓｓｎ":1}'],
    ['a zero-width character', '{"s\u200bsn":1}'],
    ['a percent-encoded value', '{"a":"alice%40example.com"}'],
    ['an address', '{"a":"alice@example.com"}'],
    ['a card as a number', '{"a":4111111111111111}'],
    ['base64', `{"a":"${Buffer.from('mail alice@example.com').toString('base64')}"}`],
    ['a blob', '{"blob":"AAAA"}'],
    ['an escaped solidus', '{"a":"s3cr3t\\/value"}'],
    ['a credential', '{"a":"xs3cr3t/valuex"}'],
    ['words of a notification', '{"method":"notifications/progress","params":{"message":"hi"}}'],
    ['a JSON Web Key', '{"kty":"EC"}'],
  ])('with %s', (_what, text) => expect(clean(text, masker())).toBe(false))

  test('over the limit, or where only the SQLSTATE of an error may pass', () => {
    expect(clean('{"a":"bc"}', masker(undefined, [], { bytesMax: 5 }))).toBe(false)
    expect(clean('{"a":"bc"}', masker(undefined, [], { sqlStateOnly: true }))).toBe(false)
  })
})

test('without masks and credentials every reply is clean', () => {
  expect(clean('{"a":"alice\\u0040example.com"}', masker([], []))).toBe(true)
})

test('without masks only credentials count', () => {
  expect(clean('{"a":"alice@example.com"}', masker([]))).toBe(true)
  expect(clean('{"a":"s3cr3t/value"}', masker([]))).toBe(false)
})
