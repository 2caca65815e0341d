import { expect, test } from 'vitest'
import { outcomeOf } from './outcome-of'

test('a call that waits for a person is held, and one that was refused is denied', () => {
  expect(outcomeOf({ outcome: 'denied', decision: { reason: 'review-required' } })).toBe('held')
  expect(outcomeOf({ outcome: 'denied', decision: { reason: 'review-denied' } })).toBe('denied')
  expect(outcomeOf({ outcome: 'ok', decision: { reason: 'allowed' } })).toBe('ok')
  expect(outcomeOf({ outcome: 'denied', decision: null })).toBe('denied')
})
