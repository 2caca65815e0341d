import { expect, test } from 'vitest'
import { placesFor } from './places'

test('whoever looks, each place has keys of its own', () => {
  const keys = placesFor({ admin: true, auditor: true }).map((place) => place.keys)
  expect(keys.length).toBeGreaterThan(8)
  expect(new Set(keys).size).toBe(keys.length)
})
