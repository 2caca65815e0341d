import type { JsonObject } from '../types'
import { metaKeys } from './revisions'

/** What MCP gives `params._meta` of a request for, and W3C trace context: it names a request, and says how to answer it. */
const ofProtocol = new Set<string>([
  'progressToken',
  'traceparent',
  'tracestate',
  ...Object.values(metaKeys),
  'io.modelcontextprotocol/logLevel',
  'io.modelcontextprotocol/related-task',
])

/** What clients keep books with, other in each request (seen in Claude Code, VS Code and Codex), W3C baggage, and what is for us. */
const ofClients = new Set<string>([
  'baggage',
  'claudecode/toolUseId',
  'vscode.conversationId',
  'vscode.requestId',
  'x-codex-turn-metadata',
  'io.sallyport/reason',
])

/** What `_meta` of a request holds for its target beside the protocol's own and clients' books; null when there is nothing. */
export function metaBeside(params: JsonObject): JsonObject | null {
  const { _meta: meta } = params
  if (!isObject(meta)) return null
  const beside = Object.entries(meta).filter(([key]) => !ofProtocol.has(key) && !ofClients.has(key))
  return beside.length === 0 ? null : Object.fromEntries(beside)
}

/** Whether `_meta` can be told key by key. */
export const isReadableMeta = ({ _meta: meta }: JsonObject): boolean => meta === undefined || isObject(meta)

/** A message (JSON text) without clients' books: nobody who approves a call is shown them. */
export function withoutBooks(text: string): string {
  const message = JSON.parse(text) as { params?: { _meta?: unknown } }
  const meta = message.params?._meta
  if (!isObject(meta) || !Object.keys(meta).some((key) => ofClients.has(key))) return text
  const kept = Object.fromEntries(Object.entries(meta).filter(([key]) => !ofClients.has(key)))
  return JSON.stringify({ ...message, params: { ...message.params, _meta: kept } })
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
