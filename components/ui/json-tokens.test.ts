import { expect, test } from 'vitest'
import { jsonTokens } from './json-tokens'

const masked = (text: string) =>
  jsonTokens(text, true)
    .filter(({ kind }) => kind === 'masked')
    .map((token) => token.text)

test('a chip holds what a mask left, and nothing of the text around it', () => {
  expect(masked('{"ssn": "****00", "mail": "[masked]", "id": "hash:abcdefghijkl"}')).toEqual([
    '****00',
    '[masked]',
    'hash:abcdefghijkl',
  ])
  // JSON inside a JSON string, as text content holds it.
  expect(masked(JSON.stringify({ text: JSON.stringify({ phone: '****104', ssn: '****' }) }))).toEqual([
    '****104',
    '****',
  ])
})

test('what was not masked has no chip, whatever it says', () => {
  expect(jsonTokens('{"a": "****00"}', false).map(({ kind }) => kind)).not.toContain('masked')
})
