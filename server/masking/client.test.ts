import {
  CallToolResultSchema,
  CompleteResultSchema,
  CreateMessageRequestSchema,
  CreateTaskResultSchema,
  ElicitRequestSchema,
  GetPromptResultSchema,
  InitializeResultSchema,
  JSONRPCErrorResponseSchema,
  ListResourcesResultSchema,
  ListToolsResultSchema,
  LoggingMessageNotificationSchema,
  ProgressNotificationSchema,
  ReadResourceResultSchema,
  ResourceUpdatedNotificationSchema,
  TaskStatusNotificationSchema,
} from '@modelcontextprotocol/core'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject, MaskStyle } from '../types'
import { compileMasks, fulfil } from './fulfil'

const secrets = `alice@example.com AKIAIOSFODNN7EXAMPLE 4111 1111 1111 1111 tok-s3cr3t`
const uri = `crm://c/alice@example.com?t=tok-s3cr3t`
const blob = Buffer.from(secrets).toString('base64')
const at = '2026-11-23T10:00:00Z'
const task = {
  taskId: 't1',
  status: 'working',
  statusMessage: secrets,
  createdAt: at,
  lastUpdatedAt: at,
  ttl: 60000,
  pollInterval: 5,
}
const schema = { type: 'object', properties: { ssn: { type: 'string', description: secrets, default: secrets } } }
const text = { type: 'text', text: secrets, annotations: { audience: ['user'], priority: 1 } }

type Schema = { safeParse(value: unknown): { success: boolean; error?: unknown } }
type Form = 'result' | 'params' | 'message'

/** Values of the protocol with a secret wherever a text may stand. */
const cases: [what: string, form: Form, schema: Schema, value: JsonObject][] = [
  [
    'a tool result',
    'result',
    CallToolResultSchema,
    {
      content: [
        text,
        { type: 'image', data: blob, mimeType: 'image/png' },
        { type: 'audio', data: 'AKIAIOSFODNN7EXAMPLE', mimeType: 'audio/wav' },
        {
          type: 'resource_link',
          uri,
          name: secrets,
          title: secrets,
          description: secrets,
          mimeType: 'text/plain',
          size: 5,
        },
        { type: 'resource', resource: { uri, mimeType: 'text/plain', text: secrets } },
        { type: 'resource', resource: { uri, mimeType: 'a/b', blob } },
      ],
      structuredContent: { ssn: 5, a: secrets, [secrets]: secrets },
      isError: false,
      _meta: { 'x/y': secrets },
    },
  ],
  [
    'a resource',
    'result',
    ReadResourceResultSchema,
    {
      contents: [
        { uri, mimeType: 'a/b', text: secrets },
        { uri, blob },
      ],
    },
  ],
  ['a prompt', 'result', GetPromptResultSchema, { description: secrets, messages: [{ role: 'user', content: text }] }],
  ['a completion', 'result', CompleteResultSchema, { completion: { values: [secrets], total: 1, hasMore: false } }],
  [
    'a list of tools',
    'result',
    ListToolsResultSchema,
    {
      tools: [
        {
          name: 'find',
          title: secrets,
          description: secrets,
          inputSchema: schema,
          annotations: { title: secrets, readOnlyHint: true },
        },
      ],
      nextCursor: 'abc',
    },
  ],
  [
    'a list of resources',
    'result',
    ListResourcesResultSchema,
    { resources: [{ uri, name: secrets, description: secrets, icons: [{ src: `https://a.example/${secrets}` }] }] },
  ],
  [
    'an initialisation',
    'result',
    InitializeResultSchema,
    {
      protocolVersion: '2025-11-25',
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: secrets, version: '1' },
      instructions: secrets,
    },
  ],
  ['a task', 'result', CreateTaskResultSchema, { task }],
  ['an error', 'message', JSONRPCErrorResponseSchema, { error: { code: -32000, message: secrets, data: secrets } }],
  [
    'progress',
    'params',
    ProgressNotificationSchema,
    { method: 'notifications/progress', params: { progressToken: 'p', progress: 1, total: 2, message: secrets } },
  ],
  [
    'a log line',
    'params',
    LoggingMessageNotificationSchema,
    { method: 'notifications/message', params: { level: 'info', logger: secrets, data: secrets } },
  ],
  [
    'a changed resource',
    'params',
    ResourceUpdatedNotificationSchema,
    { method: 'notifications/resources/updated', params: { uri } },
  ],
  [
    'a task notification',
    'params',
    TaskStatusNotificationSchema,
    { method: 'notifications/tasks/status', params: task },
  ],
  [
    'a form',
    'params',
    ElicitRequestSchema,
    { method: 'elicitation/create', params: { mode: 'form', message: secrets, requestedSchema: schema } },
  ],
  [
    'an address to open',
    'params',
    ElicitRequestSchema,
    {
      method: 'elicitation/create',
      params: {
        mode: 'url',
        message: secrets,
        elicitationId: 'e',
        url: `https://a.example/?q=${encodeURIComponent(secrets)}`,
      },
    },
  ],
  [
    'sampling',
    'params',
    CreateMessageRequestSchema,
    {
      method: 'sampling/createMessage',
      params: {
        messages: [{ role: 'user', content: text }],
        systemPrompt: secrets,
        maxTokens: 5,
        includeContext: 'none',
      },
    },
  ],
]

const inMessage: Record<Form, (value: JsonObject) => JsonObject> = {
  result: (value) => ({ jsonrpc: '2.0', id: 1, result: value }),
  params: (value) => ({ jsonrpc: '2.0', ...value }),
  message: (value) => ({ jsonrpc: '2.0', id: 1, ...value }),
}
const fromMessage: Record<Form, (message: JsonObject) => Json> = {
  result: (message) => message.result!,
  params: ({ jsonrpc: _, ...rest }) => rest,
  message: (message) => message,
}

describe.each<MaskStyle>(['null', 'redact', 'hash', 'partial'])(
  'a strict client still accepts, with the style %s,',
  (style) => {
    const words = [
      'ssn',
      'type',
      'text',
      'name',
      'uri',
      'role',
      'message',
      'title',
      'status',
      'data',
      'code',
      'level',
      'method',
      'version',
    ]
    const mask = {
      id: 'm',
      connections: ['*'],
      resources: ['*'],
      fields: words,
      detectors: ['email' as const, 'credit_card' as const, 'aws_key' as const],
      style,
      except: [],
    }
    const masker = compileMasks([mask], new Uint8Array(32), ['tok-s3cr3t'], { passNotifications: true })
    test.each(cases)('%s', (_what, form, schema, value) => {
      expect(schema.safeParse(fromMessage[form](inMessage[form](value))).error).toBeUndefined()
      const answer = fulfil(inMessage[form](value), masker)
      if ('failed' in answer) throw new Error(answer.failed)
      expect(schema.safeParse(fromMessage[form](answer.message)).error).toBeUndefined()
      expect(decodeURIComponent(JSON.stringify(answer.message))).not.toMatch(/alice|AKIA|1111 1111|s3cr3t/)
    })
  },
)
