import { DrizzleQueryError } from 'drizzle-orm'
import { DatabaseError } from 'pg'
import { expect, test } from 'vitest'
import { createLog, takeConsole } from './log'

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  write(createLog('info', { write: (line) => void lines.push(line) }))
  return lines.join('')
}

const secret = 'hunter2-s3cret'
const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.sig'

const databaseError = Object.assign(new DatabaseError('duplicate key', 10, 'error'), {
  detail: `Key (name)=(${secret}) already exists.`,
  where: secret,
})

const hidden: [what: string, fields: object | string][] = [
  ['an authorization header', { headers: { authorization: `Bearer ${secret}` } }],
  ['a cookie, however written', { req: { headers: { 'Set-Cookie': [secret] } } }],
  ['an access token', { accessToken: secret }],
  ['a password in a list', { people: [{ password: secret }] }],
  ['a secret of any shape', { client_secret: { value: secret } }],
  ['a bearer token in a text', { note: `sent Bearer ${secret} upstream` }],
  ['a bearer token in the message', `sent Bearer ${secret}`],
  ['a password in a URL', { note: `cannot reach postgresql://sallyport:${secret}@127.0.0.1/x` }],
  ['the row that a database error quotes', { err: databaseError }],
  ['the parameters of a failed query', { err: new DrizzleQueryError('select $1', [secret], databaseError) }],
  ['the parameters of a failed query without a message', new DrizzleQueryError('select $1', [secret], databaseError)],
  ['a secret property of an error', { err: Object.assign(new Error('no'), { token: secret, config: { secret } }) }],
  ['a secret in the cause of a cause', { err: new Error('a', { cause: new Error(`Basic ${secret}`) }) }],
]
for (const [what, fields] of hidden)
  test(`no log line holds ${what}`, () => {
    const line = logged((log) =>
      fields instanceof Error ? log.error(fields) : log.error(fields as object, 'it failed'),
    )
    expect(line).not.toContain(secret)
    expect(JSON.parse(line).level).toBe('error')
  })

test('a JSON web token is hidden wherever it stands', () => {
  expect(logged((log) => log.info({ note: `got ${jwt}` }))).not.toContain(jwt.split('.')[1])
})

test('an error keeps what an operator needs: type, message, code, frames and cause', () => {
  const error = Object.assign(new Error('outer', { cause: databaseError }), { code: 'ECONNREFUSED' })
  const { err } = JSON.parse(logged((log) => log.error({ err: error }, 'it failed')))
  expect(err).toMatchObject({ type: 'Error', message: 'outer', code: 'ECONNREFUSED' })
  expect(err.stack).toContain('log.test')
  expect(err.cause.message).toBe('duplicate key')
})

test('children hide as their parent does', () => {
  expect(logged((log) => log.child({ part: 'a' }).child({ token: secret }).info('hello'))).not.toContain(secret)
})

test('what a library prints is a line of the log, and hides as much', () => {
  const { log, info, debug, warn, error } = console
  const printed = logged((to) => {
    takeConsole(to)
    try {
      console.error(' ⨯', new DrizzleQueryError('select $1', [secret], databaseError))
      console.warn(`a text\nparams: ${secret}`, { token: secret })
    } finally {
      Object.assign(console, { log, info, debug, warn, error })
    }
  })
  expect(printed).not.toContain(secret)
  const [first, second] = printed.trim().split('\n')
  expect(JSON.parse(first ?? '')).toMatchObject({ level: 'error', err: { cause: { message: 'duplicate key' } } })
  expect(JSON.parse(second ?? '')).toMatchObject({ level: 'warn', msg: 'a text' })
})
