import { describe, expect, test } from 'vitest'
import { newEntryId } from './entry-id'

describe('newEntryId', () => {
  test('is a UUID of version 7 that begins with the time', () => {
    const before = Date.now()
    const id = newEntryId()
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const at = Number.parseInt(id.slice(0, 13).replace('-', ''), 16)
    expect(at).toBeGreaterThanOrEqual(before)
    expect(at).toBeLessThanOrEqual(Date.now())
  })

  test('is never the same twice', () => {
    const ids = Array.from({ length: 10_000 }, newEntryId)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
