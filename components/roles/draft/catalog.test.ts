import fc from 'fast-check'
import { expect, test } from 'vitest'
import { globMatches as policyMatches } from '../../../server/policy/match'
import { argumentsOf, type Catalog, type CatalogTool, globMatches, toolsOf } from './catalog'

const tool = (name: string, properties = {}): CatalogTool => ({
  ...{ name, title: '', description: '', hints: {} },
  inputSchema: { type: 'object', properties },
})
const catalog: Catalog = [
  { name: 'shop', tools: [tool('get_order'), tool('query')], sql: ['query'], http: [] },
  { name: 'crm', tools: [tool('get_person')], sql: [], http: [] },
]

test('globs match here as they do in the policy', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
  fc.assert(
    fc.property(text, text, (glob, name) => {
      expect(globMatches(glob, name)).toBe(policyMatches(glob, name))
    }),
    {
      numRuns: 2_000,
    },
  )
})

test('a rule speaks of the tools its globs name', () =>
  expect(toolsOf(catalog, { connections: ['sh*'], resources: ['get_*'] }).map(({ name }) => name)).toEqual([
    'get_order',
  ]))

test('an argument has the type its schema says, and `other` where tools disagree', () => {
  const tools = [
    tool('a', { id: { type: 'integer' }, size: { enum: ['s', 'm'] }, tags: { type: 'array' } }),
    tool('b', { id: { type: 'string', description: 'who' } }),
  ]
  expect(argumentsOf(tools).map(({ name, type }) => [name, type])).toEqual([
    ['id', 'other'],
    ['size', 'text'],
    ['tags', 'other'],
  ])
})
