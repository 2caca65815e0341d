import { expect, test } from 'vitest'
import { readMessage } from './messages'

const asked = (id: unknown) => readMessage(JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' }))

test('an id is an integer or a short text: a long one would push what was decided out of its entry', () => {
  for (const id of [0, -7, '', 'a', 'x'.repeat(1000)])
    expect(asked(id)).toMatchObject({ kind: 'message', message: { id } })
  for (const id of ['x'.repeat(1001), 1.5, true, null, [1], { a: 1 }])
    expect(asked(id), JSON.stringify(id).slice(0, 40)).toMatchObject({
      kind: 'malformed',
      id: null,
      malformed: { status: 400, message: expect.stringContaining('at most 1000 characters') },
    })
})
