import { randomBytes } from 'node:crypto'
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  createRequestStateCodec,
  type InputRequests,
  inputRequired,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { text } from './contents'

type State = { round: number; name: string }
export const codec = createRequestStateCodec<State>({ key: new Uint8Array(randomBytes(32)) })

const form = (message: string, field: string, type: 'string' | 'boolean' = 'string') => {
  const properties = { [field]: { type } } as Record<string, { type: 'string' }>
  return inputRequired.elicit({ message, requestedSchema: { type: 'object', properties, required: [field] } })
}
const sampling = (words: string) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: text(words) }], maxTokens: 50 })
const done = (words: string) => ({ content: [text(words)] })
const name = () => form('What is your name?', 'name')

type Answer = ReturnType<typeof done> | ReturnType<typeof inputRequired>
type Rounds = (ctx: ServerContext) => Answer | Promise<Answer>

const given = (ctx: ServerContext, key: string) =>
  ctx.mcpReq.inputResponses?.[key] as Record<string, unknown> | undefined
const accepted = (ctx: ServerContext, key: string) =>
  acceptedContent<Record<string, unknown>>(ctx.mcpReq.inputResponses, key)

async function confirmed(ctx: ServerContext): Promise<Answer> {
  if (accepted(ctx, 'confirm') !== undefined && ctx.mcpReq.requestState() !== undefined) return done('state-ok')
  const inputRequests = { confirm: form('Please confirm', 'ok', 'boolean') }
  return inputRequired({ inputRequests, requestState: await codec.mint({ round: 1, name: '' }) })
}

async function twoRounds(ctx: ServerContext): Promise<Answer> {
  const state = ctx.mcpReq.requestState<State>()
  const round = state?.round ?? 0
  if (round === 2) return done(`${state?.name} likes ${accepted(ctx, 'step2')?.color}`)
  const said = String(accepted(ctx, 'step1')?.name ?? '')
  const inputRequests: InputRequests = round === 0 ? { step1: name() } : { step2: form('Which color?', 'color') }
  return inputRequired({ inputRequests, requestState: await codec.mint({ round: round + 1, name: said }) })
}

async function everything(ctx: ServerContext): Promise<Answer> {
  const roots = given(ctx, 'client_roots')?.roots
  if (accepted(ctx, 'user_name') !== undefined && given(ctx, 'greeting') !== undefined && Array.isArray(roots))
    return done(`hello ${accepted(ctx, 'user_name')?.name}, ${roots.length} roots`)
  const inputRequests = { user_name: name(), greeting: sampling('Greet'), client_roots: inputRequired.listRoots() }
  return inputRequired({ inputRequests, requestState: await codec.mint({ round: 1, name: '' }) })
}

/** Asks only for what this client says it can do. */
function asFarAsDeclared(ctx: ServerContext): Answer {
  if (ctx.mcpReq.inputResponses !== undefined) return done('thank you')
  const envelope = ctx.mcpReq.envelope as Record<string, ClientCapabilities> | undefined
  const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY]
  const inputRequests: InputRequests = {}
  if (declared?.elicitation !== undefined) inputRequests.user_name = name()
  if (declared?.sampling !== undefined) inputRequests.greeting = sampling('Greet')
  if (declared?.roots !== undefined) inputRequests.client_roots = inputRequired.listRoots()
  return Object.keys(inputRequests).length === 0 ? done('nothing to ask') : inputRequired({ inputRequests })
}

const ask = (inputRequests: InputRequests) => inputRequired({ inputRequests })

const tools: Record<string, Rounds> = {
  test_input_required_result_elicitation: (ctx) => {
    const said = accepted(ctx, 'user_name')?.name
    return typeof said === 'string' ? done(`Hello, ${said}!`) : ask({ user_name: name() })
  },
  test_input_required_result_sampling: (ctx) => {
    const said = given(ctx, 'capital_question')
    return said === undefined
      ? ask({ capital_question: sampling('What is the capital of France?') })
      : done(`the model said: ${JSON.stringify(said.content)}`)
  },
  test_input_required_result_list_roots: (ctx) => {
    const roots = given(ctx, 'client_roots')?.roots
    return Array.isArray(roots)
      ? done(`${roots.length} roots: ${JSON.stringify(roots)}`)
      : ask({ client_roots: inputRequired.listRoots() })
  },
  test_missing_capability: (ctx) =>
    given(ctx, 'answer') === undefined ? ask({ answer: sampling('Say pong') }) : done('pong'),
  test_input_required_result_request_state: confirmed,
  test_input_required_result_tampered_state: confirmed,
  test_input_required_result_multiple_inputs: everything,
  test_input_required_result_multi_round: twoRounds,
  test_input_required_result_capabilities: asFarAsDeclared,
}

/** Tools and a prompt that need something of their client first, as `input_required` (2026-07-28, multi round-trip requests). */
export function addRounds(server: McpServer): void {
  for (const [tool, rounds] of Object.entries(tools))
    server.registerTool(tool, { description: tool, inputSchema: z.object({}) }, async (_, ctx) => rounds(ctx))
  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'test input required result prompt' },
    async (given: unknown) => {
      const said = accepted(given as ServerContext, 'user_context')?.context
      if (typeof said !== 'string') return ask({ user_context: form('In which context?', 'context') })
      return { messages: [{ role: 'user', content: text(`in the context of ${said}`) }] }
    },
  )
}
