import { expect, test } from 'vitest'
import { checkDocument } from '../../../server/policy/document'
import type { PolicyDocument } from '../../../server/types'
import * as edits from './edits'
import { begin, edit, redo, undo } from './history'
import { rebase } from './rebase'

const rule = (id: string, resources = ['*']): PolicyDocument['roles'][number]['rules'][number] => ({
  ...{ id, effect: 'allow', connections: ['*'], actions: ['tools/call'], resources, when: null, review: null },
})
const role = (name: string, ...ids: string[]) => ({
  name,
  description: '',
  members: ['everyone' as const],
  rules: ids.map((id) => rule(id)),
})
const mask = (id: string, except: string[] = []): PolicyDocument['masks'][number] => ({
  ...{ id, connections: ['*'], resources: ['*'], fields: ['ssn'], detectors: [], style: 'redact', except },
})
const base: PolicyDocument = { roles: [role('a', 'one', 'two'), role('b')], masks: [mask('m', ['a', 'b'])] }
const names = ({ roles }: PolicyDocument) => roles.map(({ name }) => name)
const ids = (document: PolicyDocument, r = 0) => document.roles[r]?.rules.map(({ id }) => id)

const cases: [
  guarantee: string,
  edit: (document: PolicyDocument) => PolicyDocument,
  see: (d: PolicyDocument) => unknown,
  want: unknown,
][] = [
  [
    'a renamed role is spared by the same masks',
    (d) => edits.renameRole(d, 0, 'c'),
    (d) => d.masks[0]?.except,
    ['c', 'b'],
  ],
  ['a removed role is spared by no mask', (d) => edits.removeRole(d, 0), (d) => d.masks[0]?.except, ['b']],
  [
    'a copy of a role has a name of its own',
    (d) => edits.duplicateRole(edits.duplicateRole(d, 0), 0),
    names,
    ['a', 'a-copy-2', 'a-copy', 'b'],
  ],
  ['a copy of a rule stands behind it', (d) => edits.duplicateRule(d, 0, 0), ids, ['one', 'one-copy', 'two']],
  ['a rule moves down', (d) => edits.moveRule(d, 0, 0, 1), ids, ['two', 'one']],
  ['the first rule moves no further up', (d) => edits.moveRule(d, 0, 0, -1), ids, ['one', 'two']],
  ['a role moves up', (d) => edits.moveRole(d, 1, -1), names, ['b', 'a']],
  ['a removed rule leaves the others', (d) => edits.removeRule(d, 0, 0), ids, ['two']],
  ['a new rule gives nothing yet', (d) => edits.addRule(d, 1), (d) => d.roles[1]?.rules[0]?.resources, []],
  [
    'a review has its settings',
    (d) => edits.setEffect(d, 0, 0, 'review'),
    (d) => d.roles[0]?.rules[0]?.review?.approvals,
    1,
  ],
  [
    'settings of a review go with it',
    (d) => edits.setEffect(edits.setEffect(d, 0, 0, 'review'), 0, 0, 'deny'),
    (d) => d.roles[0]?.rules[0]?.review,
    null,
  ],
]
for (const [guarantee, change, see, want] of cases)
  test(guarantee, () => {
    const before = structuredClone(base)
    expect(see(change(base))).toEqual(want)
    expect(base).toEqual(before)
  })

test("a name that is another role's for a moment while it is typed moves no exception to that role", () => {
  const before: PolicyDocument = { roles: [role('supp'), role('support')], masks: [mask('m', ['supp'])] }
  let draft = before
  const typed = ['suppo', 'suppor', 'support', 'support2'].map((name) => {
    draft = edits.renameRole(draft, 0, name, before)
    return draft
  })
  expect(typed.map(({ masks }) => masks[0]?.except)).toEqual([['suppo'], ['suppor'], ['supp'], ['support2']])
})

test('a name is free and never too long', () => {
  const long = 'x'.repeat(64)
  expect(edits.freeName(long, [long])).toHaveLength(64)
  const made = edits.duplicateRole({ ...base, roles: [role(long)] }, 0)
  expect(checkDocument({ ...made, masks: [] })).toMatchObject({ ok: true })
})

test('undo and redo walk through every edit, and typing in one field is one', () => {
  let history = begin('')
  for (const text of ['s', 'su', 'sup']) history = edit(history, text, 'name')
  history = edit(history, 'sup!', null)
  expect(undo(history).present).toBe('sup')
  expect(undo(undo(history)).present).toBe('')
  expect(undo(undo(undo(history))).present).toBe('')
  expect(redo(redo(undo(undo(history)))).present).toBe('sup!')
  expect(edit(undo(history), 'other', null).future).toEqual([])
})

const mine = (
  change: (document: PolicyDocument) => PolicyDocument,
  theirs: (document: PolicyDocument) => PolicyDocument,
) => rebase(base, change(structuredClone(base)), theirs(structuredClone(base)))
const merges: [guarantee: string, merged: PolicyDocument, want: PolicyDocument][] = [
  [
    'what only they changed is theirs',
    mine(
      (d) => d,
      (d) => edits.removeRule(d, 0, 1),
    ),
    edits.removeRule(base, 0, 1),
  ],
  [
    'what only I changed is mine',
    mine(
      (d) => edits.removeRule(d, 0, 1),
      (d) => d,
    ),
    edits.removeRule(base, 0, 1),
  ],
  [
    'rules of one role changed by both keep both changes',
    mine(
      (d) => edits.changeRule(d, 0, 0, { resources: ['x'] }),
      (d) => edits.changeRule(d, 0, 1, { resources: ['y'] }),
    ),
    edits.changeRule(edits.changeRule(base, 0, 0, { resources: ['x'] }), 0, 1, { resources: ['y'] }),
  ],
  [
    'a rule that both changed is mine',
    mine(
      (d) => edits.changeRule(d, 0, 0, { resources: ['x'] }),
      (d) => edits.changeRule(d, 0, 0, { resources: ['y'] }),
    ),
    edits.changeRule(base, 0, 0, { resources: ['x'] }),
  ],
  [
    'new roles of both stay',
    mine(
      (d) => edits.renameRole(edits.addRole(d), 2, 'mine'),
      (d) => edits.renameRole(edits.addRole(d), 2, 'theirs'),
    ),
    edits.renameRole(edits.renameRole(edits.addRole(edits.addRole(base)), 2, 'theirs'), 3, 'mine'),
  ],
  [
    'a role they removed is spared by no mask',
    mine(
      (d) => d,
      (d) => edits.removeRole(d, 1),
    ),
    edits.removeRole(base, 1),
  ],
]
for (const [guarantee, merged, want] of merges) test(guarantee, () => expect(merged).toEqual(want))
