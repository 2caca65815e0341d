import type { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { text } from './contents'

const one = (type: string, words: object = {}) => ({ type, ...words })
const titled = (...values: string[]) => values.map((value) => ({ const: value, title: `The ${value}` }))

const defaults = {
  name: one('string', { default: 'John Doe' }),
  age: one('integer', { default: 30 }),
  score: one('number', { default: 95.5 }),
  status: one('string', { enum: ['active', 'inactive', 'pending'], default: 'active' }),
  verified: one('boolean', { default: true }),
}

const choices = {
  untitledSingle: one('string', { enum: ['option1', 'option2', 'option3'] }),
  titledSingle: one('string', { oneOf: titled('value1', 'value2', 'value3') }),
  legacyEnum: one('string', { enum: ['opt1', 'opt2', 'opt3'], enumNames: ['One', 'Two', 'Three'] }),
  untitledMulti: one('array', { minItems: 1, maxItems: 3, items: one('string', { enum: ['option1', 'option2'] }) }),
  titledMulti: one('array', { minItems: 1, maxItems: 3, items: { anyOf: titled('value1', 'value2', 'value3') } }),
}

const forms: [tool: string, properties: object][] = [
  ['test_elicitation_sep1034_defaults', defaults],
  ['test_elicitation_sep1330_enums', choices],
]

/** Tools that ask their client something while they run, as requests of their own (revisions up to 2025-11-25). */
export function addAsks(server: McpServer): void {
  server.registerTool(
    'test_sampling',
    { description: 'test sampling', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, ctx) => {
      const messages = [{ role: 'user' as const, content: text(prompt) }]
      const { content } = await ctx.mcpReq.send({
        method: 'sampling/createMessage',
        params: { messages, maxTokens: 100 },
      })
      return { content: [text(`the model said: ${JSON.stringify(content)}`)] }
    },
  )
  server.registerTool(
    'test_elicitation',
    { description: 'test elicitation', inputSchema: z.object({ message: z.string() }) },
    async (args, ctx) => {
      const response = { response: one('string', { description: 'what the person says' }) }
      return asked(ctx, args.message, response, ['response'])
    },
  )
  for (const [name, properties] of forms)
    server.registerTool(name, { description: name, inputSchema: z.object({}) }, async (_, ctx) =>
      asked(ctx, 'Look at this form', properties),
    )
}

type Sender = { mcpReq: { send(request: never): Promise<unknown> } }

async function asked(ctx: unknown, message: string, properties: object, required: string[] = []) {
  const params = { message, requestedSchema: { type: 'object', properties, required } }
  const request = { method: 'elicitation/create', params } as never
  const { action, content } = (await (ctx as Sender).mcpReq.send(request)) as { action: string; content?: unknown }
  return { content: [text(`action=${action}, content=${JSON.stringify(content ?? {})}`)] }
}
