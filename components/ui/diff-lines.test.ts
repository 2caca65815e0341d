import { expect, test } from 'vitest'
import { diffLines, shorten } from './diff-lines'

const shown = (before: string, after: string) =>
  diffLines(before.split(''), after.split(''))
    .map(({ kind, text }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${text}`)
    .join('')

const cases: [guarantee: string, before: string, after: string, want: string][] = [
  ['nothing changed, nothing marked', 'ab', 'ab', ' a b'],
  ['a change is what went and what came', 'abc', 'axc', ' a-b+x c'],
  ['an insertion leaves the rest alone', 'ac', 'abc', ' a+b c'],
  ['a removal leaves the rest alone', 'abc', 'ac', ' a-b c'],
  ['from nothing', '', 'a', '+a'],
]
for (const [guarantee, before, after, want] of cases) test(guarantee, () => expect(shown(before, after)).toBe(want))

test('long unchanged runs shrink, changes never', () => {
  const lines = diffLines([...'aaaaaaaaab'], [...'aaaaaaaaac'])
  expect(
    shorten(lines)
      .map((line) => line?.text ?? '…')
      .join(''),
  ).toBe('…aabc')
})
