import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { words, wordsOf } from './words'

const server = resolve(import.meta.dirname, '../../server')
const action = /'((?:policy|connection|tool|agent|review|grant|record|notice)\.[a-z-]+)'/g
// Of the same look, and no actions: two files, and a thing that channels are told.
const others = ['agent.cjs', 'agent.yaml', 'review.opened']

test('whatever the server records as done has words', () => {
  const files = (readdirSync(server, { recursive: true }) as string[]).filter(
    (path) => path.endsWith('.ts') && !/\.(test|testing)\.ts$/.test(path),
  )
  const done = files.flatMap((path) =>
    [...readFileSync(join(server, path), 'utf8').matchAll(action)].map(([, name = '']) => name),
  )
  const named = [...new Set(done)].filter((name) => !others.includes(name))
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((name) => words[name] === undefined)).toEqual([])
})

test('a vote says which way it went', () => {
  const vote = (body: string) => wordsOf({ action: 'review.vote', connection: 'shop', body })
  expect(vote('{"verdict":"deny"}')).toBe('denied')
  expect(vote('{"verdict":"approve"}')).toBe('approved')
  expect(vote('cut {')).toBe('voted on')
})

test('a target that was tried before its connection had a name leaves no sentence without an end', () => {
  const tried = (connection: string) => wordsOf({ action: 'connection.try', connection, body: '{}' })
  expect(tried('')).toBe('tried a target for a new connection')
  expect(tried('shop')).toBe('tried a target for')
})
