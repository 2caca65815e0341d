import { expect, test } from 'vitest'
import { ConnectionTarget } from './schemas'

const problemOf = (more: object): string | null => {
  const read = ConnectionTarget.safeParse({ transport: 'http', url: 'http://127.0.0.1:1/mcp', ...more })
  return read.success ? null : `${read.error.issues[0]?.path.join('.')}: ${read.error.issues[0]?.message}`
}
const mapped = (path: string, method = 'GET') => problemOf({ http: [{ tool: 'get', method, path }] })

const good = ['/', '/orders', '/orders/{id}', '/v1/{a}-{b}/x.json', '/orders/{id}:cancel']
test.each(good)('a tool can be mapped to `%s`', (path) => expect(mapped(path)).toBe(null))

const bad: [path: string, why: RegExp][] = [
  ['orders', /begins with/],
  ['https://example.com/orders', /begins with/],
  ['/orders?id={id}', /no `\?`/],
  ['/orders#{id}', /no `\?`/],
  ['/orders/{id', /write a place/],
  ['/orders/{}', /write a place/],
  ['/orders/id}', /write a place/],
  ['/orders/../{id}', /leads nowhere/],
  ['/orders\\{id}', /begins with/],
  ['/or ders', /begins with/],
]
test.each(bad)('a tool cannot be mapped to `%s`', (path, why) => expect(mapped(path)).toMatch(why))

test('a method is a word', () => {
  expect(mapped('/x', 'patch')).toBe(null)
  for (const method of ['', 'GET /', 'G T', 'GET\n']) expect(mapped('/x', method)).toMatch(/^http\.0\.method: /)
})

test('facts are of one statement and of one path: a second entry of a tool, which nobody would look at, is refused', () => {
  const sql = (argument: string) => ({ tool: 'run', argument, dialect: 'postgres' })
  const http = (path: string) => ({ tool: 'get', method: 'GET', path })
  expect(problemOf({ sql: [sql('a'), sql('b')] })).toBe('sql: a tool stands here twice')
  expect(problemOf({ http: [http('/a'), http('/b')] })).toBe('http: a tool stands here twice')
  expect(problemOf({ sql: [sql('a')], http: [http('/a')] })).toBe(null)
})
