import { fromJsonSchema, type McpServer, ResourceTemplate } from '@modelcontextprotocol/server'
import { z } from 'zod'

// One red pixel, and a WAV file without a sample.
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
const wav = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA='

export const text = (value: string) => ({ type: 'text' as const, text: value })
const image = { type: 'image' as const, data: png, mimeType: 'image/png' }
const embedded = (uri: string, mimeType: string, value: string) => ({
  type: 'resource' as const,
  resource: { uri, mimeType, text: value },
})
/** The client mirrors the argument into `Mcp-Param-NAME` (MCP 2026-07-28, transports). */
const inHeader = (name: string): object => ({ 'x-mcp-header': name })
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

const contents = {
  test_simple_text: [text('This is a simple text response for testing.')],
  test_image_content: [image],
  test_audio_content: [{ type: 'audio' as const, data: wav, mimeType: 'audio/wav' }],
  test_embedded_resource: [embedded('test://embedded-resource', 'text/plain', 'an embedded resource')],
  test_multiple_content_types: [
    text('Multiple content types test:'),
    image,
    embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
  ],
  test_streaming_elicitation: [text('a stream of this answer alone')],
}

/** What the official suite looks for: tools whose answers hold every kind of content, and what goes on before an answer. */
export function addTools(server: McpServer): void {
  for (const [name, content] of Object.entries(contents))
    server.registerTool(name, { description: name }, async () => ({ content }))
  server.registerTool('test_error_handling', { description: 'always fails' }, async () => {
    throw new Error('This tool intentionally returns an error for testing')
  })
  server.registerTool(
    'test_tool_with_logging',
    { description: 'test tool with logging', inputSchema: z.object({}) },
    async (_, { mcpReq }) => {
      for (const data of ['started', 'works', 'is done']) {
        await mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data: `the tool ${data}` } })
        await pause(20)
      }
      return { content: [text('logged')] }
    },
  )
  server.registerTool(
    'test_logging_tool',
    { description: 'test logging tool', inputSchema: z.object({}) },
    async (_, { mcpReq }) => {
      await mcpReq.log('info', 'only for who asked for logs')
      return { content: [text('logged')] }
    },
  )
  server.registerTool(
    'test_tool_with_progress',
    { description: 'test tool with progress', inputSchema: z.object({}) },
    async (_, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken
      for (const progress of progressToken === undefined ? [] : [0, 50, 100]) {
        const params = {
          progressToken: progressToken as string | number,
          progress,
          total: 100,
          message: `${progress} %`,
        }
        await mcpReq.notify({ method: 'notifications/progress', params })
        await pause(20)
      }
      return { content: [text(String(progressToken))] }
    },
  )
  addSchemas(server)
}

/** Input schemas whose every word must arrive at the client: one that asks for headers, one with what JSON Schema 2020-12 brought. */
function addSchemas(server: McpServer): void {
  const mirrored = fromJsonSchema<{ region?: string }>({
    type: 'object',
    properties: { region: { type: 'string', ...inHeader('Region') }, level: { type: 'integer' } },
  })
  server.registerTool(
    'test_x_mcp_header',
    { description: 'test x mcp header', inputSchema: mirrored },
    async ({ region }) => ({
      content: [text(`region=${region ?? 'none'}`)],
    }),
  )
  const words = fromJsonSchema({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    $defs: {
      address: {
        $anchor: 'addressDef',
        type: 'object',
        properties: { street: { type: 'string' }, city: { type: 'string' } },
      },
    },
    properties: {
      name: { type: 'string' },
      address: { $ref: '#/$defs/address' },
      contactMethod: { type: 'string', enum: ['phone', 'email'] },
      phone: { type: 'string' },
      email: { type: 'string' },
    },
    allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
    if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema.
    then: { required: ['phone'] },
    else: { required: ['email'] },
    additionalProperties: false,
  })
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'json schema 2020 12 tool', inputSchema: words },
    async (args) => ({
      content: [text(JSON.stringify(args))],
    }),
  )
}

export function addResources(server: McpServer): void {
  const plain = { mimeType: 'text/plain' }
  const read = (uri: string, value: string) => ({ contents: [{ uri, mimeType: 'text/plain', text: value }] })
  server.registerResource('static-text', 'test://static-text', plain, async ({ href }) => read(href, 'a static text'))
  server.registerResource('static-binary', 'test://static-binary', { mimeType: 'image/png' }, async ({ href }) => ({
    contents: [{ uri: href, mimeType: 'image/png', blob: png }],
  }))
  server.registerResource('watched', 'test://watched-resource', plain, async ({ href }) => read(href, 'watched'))
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { mimeType: 'application/json' },
    async ({ href }, { id }) => ({
      contents: [{ uri: href, mimeType: 'application/json', text: JSON.stringify({ id, templateTest: true }) }],
    }),
  )
  server.server.setRequestHandler('resources/subscribe', async () => ({}))
  server.server.setRequestHandler('resources/unsubscribe', async () => ({}))
}

export function addPrompts(server: McpServer): void {
  const user = <C>(content: C) => ({ role: 'user' as const, content })
  server.registerPrompt('test_simple_prompt', { description: 'test simple prompt' }, async () => ({
    messages: [user(text('a simple prompt'))],
  }))
  const two = z.object({ arg1: z.string().describe('first'), arg2: z.string().describe('second') })
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'test prompt with arguments', argsSchema: two },
    async ({ arg1, arg2 }) => ({
      messages: [user(text(`arg1='${arg1}', arg2='${arg2}'`))],
    }),
  )
  const one = z.object({ resourceUri: z.string().describe('what to embed') })
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'test prompt with embedded resource', argsSchema: one },
    async ({ resourceUri }) => ({
      messages: [user(embedded(resourceUri, 'text/plain', 'embedded')), user(text('Look at it.'))],
    }),
  )
  server.registerPrompt('test_prompt_with_image', { description: 'test prompt with image' }, async () => ({
    messages: [user(image), user(text('Look at it.'))],
  }))
  server.server.setRequestHandler('logging/setLevel', async () => ({}))
  server.server.setRequestHandler('completion/complete', async () => ({
    completion: { values: ['paris', 'park'], total: 2, hasMore: false },
  }))
}
