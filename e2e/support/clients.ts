import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

export type ToolAnswer = { text: string; structured: Record<string, unknown> | undefined; isError: boolean }
export type Options = { onprogress?: (message: string) => void; timeoutMs?: number }

/** What the specs need of any MCP client. */
export type McpClient = {
  tools(): Promise<string[]>
  call(name: string, args: Record<string, unknown>, options?: Options): Promise<ToolAnswer>
  close(): Promise<void>
}

const info = { name: 'sallyport-e2e', version: '1.0.0' }
const bearer = (token: string) => ({ requestInit: { headers: { authorization: `Bearer ${token}` } } })

type Result = { content?: unknown; structuredContent?: unknown; isError?: unknown }

const answerOf = (result: Result): ToolAnswer => ({
  text: ((result.content ?? []) as { type: string; text?: string }[]).map((part) => part.text ?? '').join('\n'),
  structured: result.structuredContent as Record<string, unknown> | undefined,
  isError: result.isError === true,
})

const requestOptions = ({ onprogress, timeoutMs = 60_000 }: Options) => ({
  timeout: timeoutMs,
  resetTimeoutOnProgress: true,
  ...(onprogress === undefined
    ? {}
    : { onprogress: (progress: { message?: string | undefined }) => onprogress(progress.message ?? '') }),
})

export async function connectV1(url: string, token: string): Promise<McpClient> {
  const client = new ClientV1(info)
  await client.connect(new TransportV1(new URL(url), bearer(token)) as never)
  return {
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: async (name, args, options = {}) =>
      answerOf((await client.callTool({ name, arguments: args }, undefined, requestOptions(options))) as Result),
    close: () => client.close(),
  }
}

type Era = 'legacy' | 'modern'

export const connectV2 = (url: string, token: string, era: Era): Promise<McpClient> =>
  connected(new TransportV2(new URL(url), bearer(token)), era)

const programs = join(resolve(import.meta.dirname, '../..'), 'node_modules/.bin')

/** A client that speaks stdio only, through mcp-remote in a process of its own. */
export const connectRemote = (url: string, token: string, era: Era): Promise<McpClient> => {
  const args = [url, '--allow-http', '--header', `Authorization: Bearer ${token}`]
  return connected(new StdioClientTransport({ command: join(programs, 'mcp-remote'), args, stderr: 'ignore' }), era)
}

async function connected(transport: TransportV2 | StdioClientTransport, era: Era): Promise<McpClient> {
  const client = new ClientV2(info, era === 'modern' ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {})
  await client.connect(transport)
  return {
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    call: async (name, args, options = {}) =>
      answerOf((await client.callTool({ name, arguments: args }, requestOptions(options))) as Result),
    close: () => client.close(),
  }
}

const run = promisify(execFile)
const inspector = join(programs, 'mcp-inspector')

function refusedItself(stderr: string): string {
  const { error } = JSON.parse(stderr) as { error: { message: string } }
  return JSON.stringify({ isError: true, content: [{ type: 'text', text: error.message }] })
}

/** The MCP Inspector in a process of its own; each step is one run of its command line. */
export function connectInspector(url: string, token: string): McpClient {
  const cli = async (...args: string[]): Promise<Record<string, unknown>> => {
    const all = ['--cli', url, '--transport', 'http', '--header', `Authorization: Bearer ${token}`, ...args]
    const env = { ...process.env, MCP_INSPECTOR_SECRET_STORE: 'memory' }
    const { stdout } = await run(inspector, all, { env, timeout: 60_000 }).catch(
      (error: { stdout: string; stderr: string; code?: number }) => {
        // Exit code 5 is a tool error, which is an answer; a tool that is not listed it refuses by itself.
        if (error.code !== 5) throw error
        return { stdout: error.stdout || refusedItself(error.stderr) }
      },
    )
    return JSON.parse(stdout) as Record<string, unknown>
  }
  return {
    tools: async () => ((await cli('--method', 'tools/list')).tools as { name: string }[]).map((tool) => tool.name),
    call: async (name, args) => {
      const given = Object.entries(args).flatMap(([key, value]) => [
        '--tool-arg',
        `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      ])
      return answerOf((await cli('--method', 'tools/call', '--tool-name', name, ...given)) as Result)
    },
    close: async () => {},
  }
}
