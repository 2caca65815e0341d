import { expect, test } from 'vitest'
import { errorOf, wordsOfOutcome, wordsOfReason } from './words'

test('every way to be refused has words, and one that is not known yet is told as it is', () => {
  expect(wordsOfReason('review-expired')).toBe('nobody answered in time')
  expect(wordsOfReason('allowed')).toBeNull()
  expect(wordsOfReason('something-new')).toBe('something new')
})

test('what did not end well is told in words, what is open or well is not', () => {
  expect([wordsOfOutcome('unreachable'), wordsOfOutcome('ok'), wordsOfOutcome('')]).toEqual([
    'The target could not be reached, or its answer broke off.',
    null,
    null,
  ])
})

const replies: [reply: string | null, words: string | null][] = [
  [
    '{"jsonrpc":"2.0","id":1,"error":{"code":-31003,"message":"the target could not be reached"}}',
    'the target could not be reached',
  ],
  ['{"result":{"isError":true,"content":[{"type":"text","text":"no such order"}]}}', 'no such order'],
  ['{"result":{"content":[{"type":"text","text":"fine"}]}}', null],
  ['{"result":{"isError":true,"content":[]}}', null],
  ['{"cut":true,"bytes":1,"sha256":"","start":"{"}', null],
  ['no json', null],
  [null, null],
]
test.each(replies)('the error of %j is %j', (reply, words) => expect(errorOf(reply)).toBe(words))
