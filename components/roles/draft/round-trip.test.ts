import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkDocument } from '../../../server/policy/document'
import type { PolicyDocument } from '../../../server/types'
import { anyDocumentArb } from './any-document.testing'
import { type Clause, printCondition, readCondition } from './condition'
import * as edits from './edits'
import { begin, edit, undo } from './history'
import { keyOf, memberOf } from './members'
import { rebase } from './rebase'

const conditionsOf = ({ roles }: PolicyDocument): string[] =>
  roles.flatMap(({ rules }) => rules.flatMap(({ when }) => when ?? []))

/** Lines may be broken elsewhere. */
const dense = (cel: string) => cel.replaceAll(/\s/g, '')

test('whatever a file can say is right in the form, and stays as it is when somebody only looks', () => {
  fc.assert(
    fc.property(anyDocumentArb, (document) => {
      expect(checkDocument(document)).toEqual({ ok: true, document })
      for (const cel of conditionsOf(document))
        expect(dense(printCondition(readCondition(cel)) as string)).toBe(dense(cel))
      const members = document.roles.flatMap((role) => [
        ...role.members,
        ...role.rules.flatMap(({ review }) => review?.approvers ?? []),
      ])
      expect(members.map(keyOf).map(memberOf)).toEqual(members)
    }),
  )
})

const kinds: [what: string, edit: (document: PolicyDocument) => PolicyDocument][] = [
  ['a role added', edits.addRole],
  ['a role copied', (d) => edits.duplicateRole(d, 0)],
  ['a role removed', (d) => edits.removeRole(d, 0)],
  ['a role renamed', (d) => edits.renameRole(d, 0, 'x')],
  ['a role moved', (d) => edits.moveRole(d, 0, 1)],
  ['a rule added', (d) => edits.addRule(d, 0)],
  ['a rule copied', (d) => edits.duplicateRule(d, 0, 0)],
  ['a rule removed', (d) => edits.removeRule(d, 0, 0)],
  ['an effect changed', (d) => edits.setEffect(edits.setEffect(d, 0, 0, 'deny'), 0, 0, 'review')],
  ['a mask added', edits.addMask],
  ['a mask copied', (d) => edits.duplicateMask(d, 0)],
  ['a mask removed', (d) => edits.removeMask(d, 0)],
]
for (const [what, change] of kinds)
  test(`${what} and undone leaves every key as it was`, () => {
    fc.assert(
      fc.property(anyDocumentArb, (document) => {
        const before = JSON.stringify(document)
        expect(JSON.stringify(undo(edit(begin(document), change(document), null)).present)).toBe(before)
        expect(JSON.stringify(document)).toBe(before)
      }),
    )
  })

test('a part put behind a condition and taken away again leaves a condition that means the same', () => {
  const added: Clause = { kind: 'read-only', is: true }
  fc.assert(
    fc.property(anyDocumentArb, (document) => {
      for (const cel of conditionsOf(document)) {
        const { join, clauses } = readCondition(cel)
        const more = printCondition({ join, clauses: [...clauses, added] }) as string
        expect(checkDocument(withCondition(more))).toMatchObject({ ok: true })
        // A part in parentheses or behind a note is the same part; nothing that stood there may be gone.
        for (const word of cel.match(/[\w"]+/g) ?? []) expect(more).toContain(word)
      }
    }),
  )
})

const withCondition = (when: string): PolicyDocument => ({
  roles: [
    {
      ...{ name: 'a', description: '', members: [] },
      rules: [
        { ...{ id: 'r', effect: 'deny', connections: ['*'], actions: ['*'], resources: ['*'] }, when, review: null },
      ],
    },
  ],
  masks: [],
})

test('a draft without changes that is put on top of another version is that version', () => {
  fc.assert(
    fc.property(anyDocumentArb, anyDocumentArb, (base, theirs) => {
      expect(rebase(base, base, theirs)).toEqual(theirs)
      expect(rebase(base, theirs, base)).toMatchObject({ roles: expect.any(Array) })
    }),
  )
})
