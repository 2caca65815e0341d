import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { codeOf } from '../../errors'
import { AskAccess, Reason } from '../../reviews/schemas'
import type { JsonObject, Principal } from '../../types'
import { myAccess } from './my-access'
import { giveReason, myReviews, requestAccess, waitForReview } from './my-reviews'
import { whyDenied } from './why-denied'

const reading = { readOnlyHint: true, openWorldHint: false }
const asking = { readOnlyHint: false, destructiveHint: false, openWorldHint: false }

const instructions = `Sallyport stands between you and the other MCP servers, decides every call, and asks a person about the risky ones.
Ask here what your person may do, why a call was denied, and for access before you need it. You can ask; only people approve, in the console.`

/** What a caller's AI may ask about that caller, and only about them. It can ask for access, never give it. */
export function createOwnServer(principal: Principal): McpServer {
  const server = new McpServer({ name: 'sallyport', title: 'Sallyport', version: '1.0.0' }, { instructions })
  server.registerTool(
    'my_access',
    {
      description:
        'What the signed-in person may do now: roles, connections, and tool by tool whether it runs or asks first',
      inputSchema: z.object({ connection: z.string().max(100).optional() }),
      annotations: reading,
    },
    (input) => told(() => myAccess(principal, input)),
  )
  server.registerTool(
    'why_denied',
    {
      description:
        'What would be decided about one call now, by which rules, and what can be done about it. Nothing runs',
      inputSchema: z.object({
        connection: z.string().max(100),
        tool: z.string().max(200),
        arguments: z.record(z.string(), z.unknown()).default({}),
      }),
      annotations: reading,
    },
    (input) => told(() => whyDenied(principal, { ...input, arguments: input.arguments as JsonObject })),
  )
  server.registerTool(
    'request_access',
    {
      description: 'Asks the people responsible for tools of a connection, for some minutes. Say why: they read it',
      inputSchema: AskAccess,
      annotations: asking,
    },
    (input) => told(() => requestAccess(principal, input)),
  )
  server.registerTool(
    'wait_for_review',
    {
      description:
        'Waits up to 50 seconds for people to decide a question of the signed-in person, and says what they decided',
      inputSchema: z.object({ review: z.uuid(), seconds: z.number().int().min(0).max(50).default(45) }),
      annotations: reading,
    },
    (input, { mcpReq }) => told(() => waitForReview(principal, input, mcpReq.signal)),
  )
  server.registerTool(
    'my_reviews',
    {
      description: 'The questions of the signed-in person: what waits, and what became of the others',
      inputSchema: z.object({ state: z.enum(['pending', 'settled']).default('pending') }),
      annotations: reading,
    },
    (input) => told(() => myReviews(principal, input)),
  )
  server.registerTool(
    'give_reason',
    {
      description: 'Tells whoever decides why a waiting question of the signed-in person is asked; once',
      inputSchema: z.object({ review: z.uuid(), reason: Reason.shape.reason }),
      annotations: asking,
    },
    (input) => told(() => giveReason(principal, input)),
  )
  return server
}

type Told = { content: { type: 'text'; text: string }[]; structuredContent?: Record<string, unknown>; isError?: true }

/** An answer as JSON; a refusal in its own words. What failed for another reason is no business of the caller. */
async function told(answer: () => Promise<JsonObject> | JsonObject): Promise<Told> {
  try {
    const value = await answer()
    return { content: [{ type: 'text', text: JSON.stringify(value, null, 2) }], structuredContent: value }
  } catch (error) {
    const { name, message, issues } = error as { name?: string; message: string; issues?: { message: string }[] }
    if (codeOf(error) === null && name !== 'ZodError') throw error
    return { content: [{ type: 'text', text: issues?.[0]?.message ?? message }], isError: true }
  }
}
