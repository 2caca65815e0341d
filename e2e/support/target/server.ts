import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { addAsks } from './asks'
import { addPrompts, addResources, addTools, text } from './contents'
import { addRounds, codec } from './rounds'

/** What a tool does to its own server: a change to tell about, or the stream of a call to close before its answer. */
export type Hooks = {
  toolsChanged(): void
  promptsChanged(): void
  closeStream(session: string | undefined, request: string | number): void
}

export const noHooks: Hooks = { toolsChanged: () => {}, promptsChanged: () => {}, closeStream: () => {} }

const changing = { listChanged: true }
const capabilities = {
  tools: changing,
  resources: { subscribe: true, listChanged: true },
  prompts: changing,
  logging: {},
  completions: {},
}

/** A server (SDK v2, both eras) that does everything the official conformance suite asks of one. */
export function makeServer(hooks: Hooks): McpServer {
  const server = new McpServer(
    { name: 'sallyport-conformance-target', version: '1.0.0' },
    { capabilities, requestState: { verify: codec.verify } },
  )
  addTools(server)
  addAsks(server)
  addRounds(server)
  addResources(server)
  addPrompts(server)
  const triggers = [
    ['test_trigger_tool_change', hooks.toolsChanged],
    ['test_trigger_prompt_change', hooks.promptsChanged],
  ] as const
  for (const [name, trigger] of triggers)
    server.registerTool(name, { description: name, inputSchema: z.object({}) }, async () => {
      trigger()
      return { content: [text('told')] }
    })
  server.registerTool(
    'test_reconnection',
    { description: 'test reconnection', inputSchema: z.object({}) },
    async (_, ctx) => {
      hooks.closeStream(ctx.sessionId, ctx.mcpReq.id)
      await new Promise((wait) => setTimeout(wait, 100))
      return { content: [text('told after the stream was closed')] }
    },
  )
  return server
}
