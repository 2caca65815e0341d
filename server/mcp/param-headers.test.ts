import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../types'
import { paramMismatch } from './param-headers'

const inputSchema: JsonObject = {
  type: 'object',
  properties: {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    level: { type: 'integer', 'x-mcp-header': 'Level' },
    dry: { type: 'boolean', 'x-mcp-header': 'Dry' },
    place: { type: 'object', properties: { city: { type: 'string', 'x-mcp-header': 'City' } } },
    list: { type: 'array', items: { type: 'string', 'x-mcp-header': 'Item' } },
    odd: { type: 'string', 'x-mcp-header': 'not a name' },
    free: { type: 'string' },
  },
}
const base64 = (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`

type Row = [what: string, headers: Record<string, string>, args: JsonObject]
const all = { region: 'eu', level: 42, dry: true, place: { city: 'Köln' } }
const agreed = {
  'mcp-param-region': 'eu',
  'mcp-param-level': '42',
  'mcp-param-dry': 'true',
  'mcp-param-city': base64('Köln'),
}

const taken: Row[] = [
  ['what the body says, non-ASCII in base64', agreed, all],
  ['plain text in base64', { ...agreed, 'mcp-param-region': base64('eu') }, all],
  ['a number written otherwise', { ...agreed, 'mcp-param-level': '42.0' }, all],
  ['nothing for what is not there', {}, { free: 'x' }],
  ['nothing for null', {}, { region: null }],
  ['headers that no property mirrors', { 'mcp-param-other': 'x', 'mcp-param-item': 'y' }, { list: ['z'] }],
  ['half of the wrapper, as the text it is', { 'mcp-param-region': '=?base64?ZXU' }, { region: '=?base64?ZXU' }],
]
const refused: Row[] = [
  ['another value', { ...agreed, 'mcp-param-region': 'us' }, all],
  ['another value in base64', { ...agreed, 'mcp-param-region': base64('us') }, all],
  ['another value deeper in', { ...agreed, 'mcp-param-city': 'Bonn' }, all],
  ['other case', { ...agreed, 'mcp-param-region': 'EU' }, all],
  ['two values', { ...agreed, 'mcp-param-region': 'eu, us' }, all],
  ['another number', { ...agreed, 'mcp-param-level': '43' }, all],
  ['a number in another way', { ...agreed, 'mcp-param-level': '0x2a' }, all],
  ['a number for a text', { 'mcp-param-region': '1.0' }, { region: '1' }],
  ['another truth', { ...agreed, 'mcp-param-dry': 'false' }, all],
  ['base64 without its padding', { ...agreed, 'mcp-param-region': '=?base64?ZXU?=' }, all],
  ['what is no base64', { ...agreed, 'mcp-param-region': '=?base64?Z!U=?=' }, all],
  ['base64 that is not UTF-8', { ...agreed, 'mcp-param-region': '=?base64?/w==?=' }, all],
  ['a value that the body lacks', { 'mcp-param-region': 'eu' }, {}],
  ['a value for null', { 'mcp-param-region': 'null' }, { region: null }],
  ['a value for a list', { 'mcp-param-region': 'eu' }, { region: ['eu'] }],
  ['a value that the body inherits', { 'mcp-param-region': 'x' }, Object.create({ region: 'x' }) as JsonObject],
  ['no header', {}, { region: 'eu' }],
  ['no header for false', {}, { dry: false }],
]

describe('Mcp-Param-* takes', () => {
  for (const [what, headers, args] of taken)
    test(what, () => expect(paramMismatch(new Headers(headers), inputSchema, args, true)).toBe(null))
  test('anything where nothing is known of the tool', () =>
    expect(paramMismatch(new Headers({ 'mcp-param-region': 'us' }), null, all, true)).toBe(null))
  test('a missing header where the schema may be an old one', () =>
    expect(paramMismatch(new Headers(), inputSchema, all, false)).toBe(null))
})
describe('promise 4: Mcp-Param-* refuses', () => {
  for (const [what, headers, args] of refused)
    test(what, () =>
      expect(paramMismatch(new Headers(headers), inputSchema, args, true)).toMatchObject({ status: 400, code: -32020 }),
    )
})
