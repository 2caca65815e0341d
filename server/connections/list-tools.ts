import type { Client } from '@modelcontextprotocol/client'
import { z } from 'zod'
import { parseExact } from '../masking/exact'
import { readEvents } from '../mcp/sse'
import type { JsonObject } from '../types'
import { Misfit } from './explain'

const toolsMax = 2_000
export const pagesMax = 100

// The SDK's own list drops what it does not know, and an approval is for the whole definition.
const Page = z.looseObject({
  tools: z.array(z.looseObject({ name: z.string().min(1) })),
  nextCursor: z.string().optional(),
})

/** All tools that a target lists, page by page. `said`: the answer that came last, as it came, with its type. */
export async function listTools(client: Client, said: () => Said, timeout: number): Promise<JsonObject[]> {
  if (client.getServerCapabilities()?.tools === undefined) return []
  const found: JsonObject[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const params = cursor === undefined ? {} : { cursor }
    const page = await client.request({ method: 'tools/list', params }, Page, { timeout })
    found.push(...((await asSaid(said())) ?? (page.tools as JsonObject[])))
    if (found.length > toolsMax) throw new Misfit(`the target lists more than ${toolsMax} tools`)
    if (page.nextCursor === undefined) return found
    cursor = page.nextCursor
  }
  throw new Misfit(`the target's list of tools does not end: ${pagesMax} pages were read`)
}

/** One answer: its bytes so far, and its content type. */
export type Said = { bytes: Uint8Array[]; type: string }

/** The tools of a page with every digit: the SDK rounds numbers that no double holds. Null where the page is not found. */
async function asSaid({ bytes, type }: Said): Promise<JsonObject[] | null> {
  if (!type.toLowerCase().startsWith('text/event-stream')) return toolsIn(Buffer.concat(bytes).toString('utf8'))
  for await (const { data } of readEvents(from(bytes))) {
    const tools = toolsIn(data)
    if (tools !== null) return tools
  }
  return null
}

async function* from(bytes: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* bytes
}

function toolsIn(text: string): JsonObject[] | null {
  try {
    const message = parseExact(text.replace(/^\ufeff/, '')) as { result?: unknown }
    const page = Page.safeParse(message.result)
    return page.success ? ((message.result as { tools: JsonObject[] }).tools as JsonObject[]) : null
  } catch {
    return null
  }
}
