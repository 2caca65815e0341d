import { createMcpHandler } from '@modelcontextprotocol/server'
import { codes } from '../../mcp/errors'
import { bodyBytesMax } from '../../mcp/messages'
import { runtime } from '../../runtime'
import type { Principal } from '../../types'
import { type Answer, errorAnswer } from '../answer'
import type { CallerRequest } from '../caller-request'
import { createOwnServer } from './server'

/** The name of Sallyport's own MCP server: no connection can have it. */
export const ownName = 'sallyport'

/** Sallyport's own MCP server, in either era, for one authenticated caller; it knows of nobody else. */
export async function serveOwn(request: CallerRequest, principal: Principal): Promise<Answer> {
  const body = await request.bytes(bodyBytesMax)
  if (body === null)
    return errorAnswer(413, null, `the body is larger than ${bodyBytesMax} bytes`, codes.invalidRequest)
  const response = await createMcpHandler(() => createOwnServer(principal)).fetch(asWeb(request, body))
  runtime().metrics.calls.inc({ outcome: 'own' })
  const headers = Object.fromEntries(response.headers)
  const { status } = response
  if (response.body === null) return { status, headers, body: null }
  if (!(headers['content-type'] ?? '').startsWith('text/event-stream'))
    return { status, headers, body: await response.text() }
  return { status, headers, events: texts(response.body) }
}

/** The SDK's server takes web-standard requests only. */
const asWeb = ({ method, headers, signal }: CallerRequest, body: Uint8Array): Request =>
  new Request(`${runtime().env.publicUrl}/mcp/${ownName}`, {
    method,
    headers: [...headers],
    signal,
    ...(body.byteLength === 0 ? {} : { body: new Uint8Array(body) }),
  })

async function* texts(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) yield decoder.decode(chunk, { stream: true })
}
