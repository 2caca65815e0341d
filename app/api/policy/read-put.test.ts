import { expect, test } from 'vitest'
import { readPut } from './read-put'

const put = (body: string, type = 'application/json') =>
  readPut(new Request('http://localhost/api/policy', { method: 'PUT', body, headers: { 'content-type': type } }))

const twice: [type: string, body: string][] = [
  ['application/json', '{"roles":[{"name":"a","name":"b"}]}'],
  ['application/json', '{"document":{"roles":[],"masks":[],"masks":[]},"message":"m"}'],
  ['application/yaml', 'roles: []\nroles: []'],
]
test.each(twice)('a key that stands twice is refused: %s %s', async (type, body) => {
  await expect(put(body, type)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('twice') })
})

test('a document by itself is published under a message of its own', async () => {
  const { publish } = await put('{"roles":[{"name":"a"}]}')
  expect(publish).toMatchObject({ document: { roles: [{ name: 'a' }] }, message: 'Published through the API' })
})

const empty: [type: string, body: string][] = [
  ['application/json', '{}'],
  ['application/json', '{"document":{},"message":"m"}'],
  ['application/yaml', '{}'],
]
test.each(empty)('what says nothing takes nothing away: %s %s', async (type, body) => {
  await expect(put(body, type)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('roles: []'),
  })
})

test('to allow nothing can be said', async () => {
  for (const [body, type] of [['{"roles":[]}'], ['roles: []', 'application/yaml']] as const)
    expect((await put(body, type)).publish.document).toMatchObject({ roles: [] })
})
