/**
 * What stands at a place of a message, and so how it is masked:
 * - `data`: what the tool says; masked by field, detector and JSON shape
 * - `text`: free text, which may hold JSON, tables, labels
 * - `plain`: words about the target itself (descriptions, annotations): detectors only
 * - `envelope`: words of the protocol; detectors only, and numbers pass
 * - `verbatim`: passes as it is
 * - `uri`, `blob` (base64), `state` (a `requestState`), `schema` (JSON Schema)
 */
type Leaf = 'data' | 'text' | 'plain' | 'envelope' | 'verbatim' | 'uri' | 'blob' | 'state' | 'schema'
type Place =
  | 'message'
  | 'result'
  | 'error'
  | 'params'
  | 'block'
  | 'turn'
  | 'definition'
  | 'requests'
  | 'request'
  | 'completion'
  | 'meta'

export type Kind = Leaf | Place

const task = {
  taskId: 'envelope',
  status: 'envelope',
  statusMessage: 'text',
  createdAt: 'envelope',
  lastUpdatedAt: 'envelope',
  ttl: 'envelope',
  ttlMs: 'envelope',
  pollInterval: 'envelope',
  pollIntervalMs: 'envelope',
  result: 'result',
  error: 'error',
  inputRequests: 'requests',
  _meta: 'meta',
} satisfies Record<string, Kind>

/** The keys that MCP (2024-11-05 to 2026-07-28) defines at each place. A key that is not here is data. */
const places: Record<Place, Record<string, Kind>> = {
  message: {
    jsonrpc: 'envelope',
    id: 'verbatim',
    method: 'envelope',
    result: 'result',
    error: 'error',
    params: 'params',
  },
  result: {
    ...task,
    resultType: 'envelope',
    isError: 'envelope',
    nextCursor: 'envelope',
    cacheScope: 'envelope',
    protocolVersion: 'envelope',
    supportedVersions: 'envelope',
    requestState: 'state',
    description: 'text',
    instructions: 'plain',
    capabilities: 'plain',
    serverInfo: 'plain',
    content: 'block',
    contents: 'block',
    messages: 'turn',
    structuredContent: 'data',
    tools: 'definition',
    resources: 'definition',
    resourceTemplates: 'definition',
    prompts: 'definition',
    completion: 'completion',
    task: 'result',
    tasks: 'result',
  },
  error: { code: 'envelope', message: 'text', data: 'data' },
  params: {
    ...task,
    progressToken: 'verbatim',
    requestId: 'verbatim',
    progress: 'envelope',
    total: 'envelope',
    level: 'envelope',
    mode: 'envelope',
    elicitationId: 'envelope',
    includeContext: 'envelope',
    temperature: 'envelope',
    maxTokens: 'envelope',
    stopSequences: 'envelope',
    logger: 'text',
    message: 'text',
    reason: 'text',
    systemPrompt: 'text',
    data: 'data',
    uri: 'uri',
    url: 'uri',
    requestedSchema: 'schema',
    messages: 'turn',
    tools: 'definition',
    toolChoice: 'plain',
    modelPreferences: 'plain',
    notifications: 'plain',
  },
  block: {
    type: 'envelope',
    mimeType: 'envelope',
    role: 'envelope',
    id: 'envelope',
    toolUseId: 'envelope',
    isError: 'envelope',
    size: 'envelope',
    annotations: 'plain',
    icons: 'plain',
    text: 'text',
    name: 'text',
    title: 'text',
    description: 'text',
    uri: 'uri',
    data: 'blob',
    blob: 'blob',
    resource: 'block',
    content: 'block',
    structuredContent: 'data',
    input: 'data',
    _meta: 'meta',
  },
  turn: { role: 'envelope', content: 'block', _meta: 'meta' },
  definition: {
    name: 'envelope',
    uri: 'uri',
    uriTemplate: 'uri',
    mimeType: 'envelope',
    size: 'envelope',
    inputSchema: 'schema',
    outputSchema: 'schema',
    _meta: 'meta',
  },
  requests: {},
  request: { method: 'envelope', params: 'params' },
  completion: { values: 'text', total: 'envelope', hasMore: 'envelope' },
  meta: { progressToken: 'verbatim' },
}

const others: Partial<Record<Place, Kind>> = { definition: 'plain', requests: 'request' }
const protocolKey = /^io\.modelcontextprotocol\//

/** What stands under `key`; null where it is data that a field may name. */
export function kindUnder(kind: Kind, key: string): Kind | null {
  const place = Object.hasOwn(places, kind) ? places[kind as Place] : undefined
  if (place === undefined) return kind === 'data' ? null : inherited(kind)
  if (Object.hasOwn(place, key)) return place[key]!
  if (kind === 'meta' && protocolKey.test(key)) return 'envelope'
  return others[kind as Place] ?? null
}

/** An object where the protocol has a plain value: what it holds is data, unless it is words about the target. */
const inherited = (kind: Kind): Kind | null => (kind === 'plain' || kind === 'schema' ? kind : null)
