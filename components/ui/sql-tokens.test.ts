import { describe, expect, test } from 'vitest'
import { sqlTokens } from './sql-tokens'

/** The statement with strings and comments taken out: what a person must see as code. */
const code = (text: string, dialect: 'postgres' | 'mysql' = 'postgres') =>
  sqlTokens(text, dialect)
    .filter(({ kind }) => kind !== 'string' && kind !== 'comment')
    .map((token) => token.text)
    .join('')

describe('what the database runs never looks like a string or a comment', () => {
  const cases: [guarantee: string, text: string, dialect: 'postgres' | 'mysql', shown: string][] = [
    ['a doubled quote stays inside', `select 'it''s'; drop table x`, 'postgres', 'select ; drop table x'],
    ['a backslash ends a plain string', `select '\\'; drop table x --'`, 'postgres', 'select ; drop table x '],
    ['a backslash escapes in an E string', `select E'\\'; safe'; drop table x`, 'postgres', 'select ; drop table x'],
    ['comments nest', `/* a /* b */ drop table x */ select 1`, 'postgres', ' select 1'],
    ['dollar quotes end at their own tag', `do $a$ x $b$ y $a$; drop table x`, 'postgres', 'do ; drop table x'],
    ['a quoted name is no string', `select "a--b" from t`, 'postgres', 'select "a--b" from t'],
    ['in MySQL comments do not nest', `/* a /* b */ drop table x`, 'mysql', ' drop table x'],
    ['in MySQL a versioned comment runs', `/*!50000 drop table x */`, 'mysql', '/*!50000 drop table x */'],
    ['in MySQL a backslash escapes', `select '\\'; safe'; drop table x`, 'mysql', 'select ; drop table x'],
    ['in MySQL two dashes need a space', `select 1--1; drop table x`, 'mysql', 'select 1--1; drop table x'],
  ]
  for (const [guarantee, text, dialect, shown] of cases) test(guarantee, () => expect(code(text, dialect)).toBe(shown))
})

test('nothing of a statement is lost', () => {
  const text = `with a as (select 'x', 1.5e3 from "T" -- c\n) update t set b = $$y$$ /* z */ where é = '`
  expect(
    sqlTokens(text)
      .map((token) => token.text)
      .join(''),
  ).toBe(text)
})
