import { expect, test } from 'vitest'
import { readPolicyFile } from './file'

test('an unknown key is told at the key, a wrong value at the value', () => {
  const { policy, placeOf } = readPolicyFile('roles:\n  - name: a\n    extra: 1\n    rules: none\n')
  const places = policy?.ok === false ? policy.problems.map((problem) => [problem.path, placeOf(problem)]) : []
  expect(Object.fromEntries(places)).toEqual({ 'roles.0.extra': '3:5', 'roles.0.rules': '4:12' })
})
