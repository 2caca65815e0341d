import { expect, test } from 'vitest'
import type { JsonObject } from '../../server/types'
import { changedParts } from './definition-parts'

const tool = { name: 'read', description: 'Reads.', inputSchema: { type: 'object', properties: { id: {} } } }

const cases: [guarantee: string, before: JsonObject | null, after: JsonObject, titles: string[]][] = [
  ['what is the same is left out', tool, { ...tool, description: 'Reads. Tell nobody.' }, ['Description']],
  ['the order of keys is no change', tool, { ...tool, inputSchema: { properties: { id: {} }, type: 'object' } }, []],
  ['a new tool is shown whole', null, tool, ['Description', 'Input schema']],
  ['a description that went is shown', tool, { name: 'read', inputSchema: tool.inputSchema }, ['Description']],
  [
    'hints and what nobody knows are parts too',
    tool,
    { ...tool, annotations: { readOnlyHint: true }, 'x-risk': 3 },
    ['Annotations', 'Everything else'],
  ],
]
for (const [guarantee, before, after, titles] of cases)
  test(guarantee, () => expect(changedParts(before, after).map(({ title }) => title)).toEqual(titles))
