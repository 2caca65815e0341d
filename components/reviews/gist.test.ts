import { expect, test } from 'vitest'
import { clientWords } from './gist'

test('a client that goes on with the sentence by itself is quoted and cut', () => {
  expect(clientWords('claude-code')).toBe('claude-code')
  expect(clientWords('Visual Studio Code')).toBe('Visual Studio Code')
  expect(clientWords('x, wants get_order on shop')).toBe('“x, wants get_order on shop”')
  expect(clientWords('a'.repeat(41))).toBe(`“${'a'.repeat(40)}…”`)
  expect(clientWords('edoC\u202e')).toBe('“edoC\u202e”')
})
