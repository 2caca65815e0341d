import { beforeAll, describe, expect, test } from 'vitest'
import { loadSql, sqlFacts, statementCharsMax } from './facts'
import { plain } from './plain.testing'
import { statementTricks } from './tricks.testing'
import { insideTricks } from './tricks-inside.testing'

beforeAll(loadSql)
const facts = (sql: unknown, schema = 'public') => sqlFacts(sql, 'postgres', schema)

describe('a trick is not read-only, and is called by its name', () => {
  test.each([...statementTricks, ...insideTricks])('%s', (sql, does, says) => {
    const found = facts(sql)
    if (does !== 'fails' || Object.keys(says).length > 0) expect(found.readOnly).toBe(false)
    for (const [name, wanted] of Object.entries(says))
      expect(found[name as 'verbs']).toEqual(expect.arrayContaining(wanted as string[]))
  })
})

describe('what only reads is read-only, and its tables are exactly those it reads', () => {
  test.each(plain)('%s', (sql, reads) => {
    expect(facts(sql)).toMatchObject({ readOnly: true, verbs: ['SELECT'], functions: [], ...reads })
  })
})

const unreadable: [what: string, statement: unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 5],
  ['a list', ['select 1']],
  ['an object', { toString: () => 'select 1' }],
  ['an empty text', ''],
  ['blanks', ' \n\t'],
  ['only a comment', '-- select 1'],
  ['only a semicolon', ';'],
  ['a NUL, behind which the parser would not look', 'select 1\0; delete from orders'],
  ['half a surrogate pair', "select '\ud800'"],
  ['more than the limit', `select '${'x'.repeat(statementCharsMax)}'`],
  ['parentheses deeper than the parser', `select ${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
  ['a sum longer than the stack', `select 1${'+1'.repeat(40_000)}`],
  ['subqueries deeper than the stack', `select ${'(select '.repeat(3_000)}1${')'.repeat(3_000)}`],
  ['comments in comments, which PostgreSQL reads in quadratic time', '/*'.repeat(45_000)],
  ['comments in a row, which it reads so too', `select 1 ${'/**/'.repeat(20_000)}`],
  ['NOT deeper than the stack', `select ${'not '.repeat(8_000)}true`],
]
test.each(unreadable)('unknown: %s', (_, statement) => {
  expect(facts(statement)).toEqual({
    readOnly: false,
    verbs: ['UNKNOWN'],
    tables: [],
    columns: [],
    functions: [],
    statements: 0,
  })
})

test('a line of signs in a comment is no reason not to read it', () => {
  expect(facts(`/*${'='.repeat(80)}*/ select 1 -- ${'-'.repeat(500)}`).readOnly).toBe(true)
})

test('the parser is as good as new after it overflowed', () => {
  const before = facts('select a from b where c in (select d from e)')
  for (let i = 0; i < 50; i += 1) facts(`select 1${'+1'.repeat(40_000)}`)
  expect(facts('select a from b where c in (select d from e)')).toEqual(before)
})

test('unqualified tables are in the schema of the connection', () => {
  expect(facts('select * from customers, public.orders', 'shop').tables).toEqual(['public.orders', 'shop.customers'])
})

test('a name is cut where PostgreSQL cuts it', () => {
  const long = 'x'.repeat(70)
  expect(facts(`select * from ${long}`).tables).toEqual([`public.${'x'.repeat(63)}`])
})

test('every statement is counted', () => {
  expect(facts('select 1; select 2;; select 3').statements).toBe(3)
})
