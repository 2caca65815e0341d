import { expect, test } from 'vitest'
import type { DraftProblem } from '../../../server/roles/schemas'
import { placed } from './placed-problems'

const problem = (path: string): DraftProblem => ({
  ...{ severity: 'warning', message: path, path, place: '', role: null, rule: null, mask: null, offset: null },
})

test('a problem is at its place, in all that this place is in, and nowhere else', () => {
  const { at, in: within } = placed(['roles.1.rules.0.when', 'roles.1', 'roles.10', ''].map(problem))
  const paths = (all: DraftProblem[]) => all.map(({ path }) => path)
  expect(paths(at('roles.1'))).toEqual(['roles.1'])
  expect(paths(within('roles.1'))).toEqual(['roles.1.rules.0.when', 'roles.1'])
  expect(paths(within('roles.1.rules.0'))).toEqual(['roles.1.rules.0.when'])
  expect(paths(within('roles.1.rules'))).toEqual(['roles.1.rules.0.when'])
  expect(within('roles.2')).toEqual([])
  expect(at('roles.1.rules.0')).toEqual([])
})
