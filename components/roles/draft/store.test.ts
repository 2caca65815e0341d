import fc from 'fast-check'
import { beforeEach, expect, test, vi } from 'vitest'
import { anyDocumentArb } from './any-document.testing'
import { sameDocument } from './apart'
import * as edits from './edits'
import { dropDraft, keepDraft, keyOfDraft, readDraft } from './store'

const shelf = new Map<string, string>()
beforeEach(() => {
  shelf.clear()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => shelf.get(key) ?? null,
    setItem: (key: string, value: string) => void shelf.set(key, value),
    removeItem: (key: string) => void shelf.delete(key),
  })
})

test('a draft is read as it was kept, whatever it and the policy that it stands on say', () => {
  fc.assert(
    fc.property(anyDocumentArb, anyDocumentArb, fc.string(), (base, document, message) => {
      for (const draft of [document, edits.removeRole(base, 0), edits.addRule(base, 0), edits.moveRole(base, 0, 1)]) {
        expect(keepDraft('carol', { basedOn: 3, base, document: draft, message })).toBe(true)
        expect(readDraft('carol')).toMatchObject({ basedOn: 3, message })
        expect(readDraft('carol')?.base).toEqual(base)
        expect(readDraft('carol')?.document).toEqual(draft)
      }
    }),
  )
})

test('two documents are the same when every word of them is', () => {
  fc.assert(
    fc.property(anyDocumentArb, anyDocumentArb, (a, b) => {
      expect(sameDocument(a, structuredClone(a))).toBe(true)
      expect(sameDocument(a, b)).toBe(JSON.stringify(a) === JSON.stringify(b))
      expect(sameDocument(a, edits.addRule(a, 0))).toBe(false)
    }),
  )
})

test('a draft of ten thousand rules is kept about once, not twice', () => {
  const rule = (n: number) =>
    edits
      .addRule({ roles: [{ name: 'a', description: '', members: [], rules: [] }], masks: [] }, 0)
      .roles.flatMap(({ rules }) => rules.map((one) => ({ ...one, id: `rule-${n}`, resources: ['x'.repeat(100)] })))
  const roles = Array.from({ length: 200 }, (_, r) => ({
    ...{ name: `role-${r}`, description: '', members: [] },
    rules: Array.from({ length: 50 }, (_, n) => rule(n)).flat(),
  }))
  const base = { roles, masks: [] }
  const document = edits.addRule(base, 7)
  keepDraft('carol', { basedOn: 1, base, document, message: '' })
  expect(shelf.get(keyOfDraft('carol'))?.length).toBeLessThan(1.05 * JSON.stringify(document).length)
})

test('a draft that was kept in the older form, with its base whole, is read', () => {
  const base = { roles: [{ name: 'a', description: '', members: [], rules: [] }], masks: [] }
  shelf.set(keyOfDraft('carol'), JSON.stringify({ basedOn: 2, base, document: edits.addRule(base, 0), at: 'then' }))
  expect(readDraft('carol')).toEqual({ basedOn: 2, base, document: edits.addRule(base, 0), at: 'then', message: '' })
  shelf.set(keyOfDraft('carol'), JSON.stringify({ basedOn: 2, base: { roles: [9], masks: [] }, document: base }))
  expect(readDraft('carol')).toBe(null)
  dropDraft('carol')
  expect(readDraft('carol')).toBe(null)
})
