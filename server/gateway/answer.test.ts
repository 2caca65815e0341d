import { expect, test } from 'vitest'
import { writeEvent } from '../mcp/sse'
import { streamHeaders, wholeMessage } from './answer'

const message = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'one\u2028two\u2029three\n' }] } }

test('the last message of an answer is read whole, whatever ends a line in it', async () => {
  const event = writeEvent(JSON.stringify(message), 'id', '5')
  async function* events() {
    yield writeEvent('{"method":"notifications/progress"}')
    yield event
  }
  const about = { status: 200, headers: streamHeaders }
  expect(await wholeMessage({ ...about, body: event })).toEqual(message)
  expect(await wholeMessage({ ...about, body: JSON.stringify(message) })).toEqual(message)
  expect(await wholeMessage({ ...about, events: events() })).toEqual(message)
})
