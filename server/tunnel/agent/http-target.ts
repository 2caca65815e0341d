import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { HttpTarget } from './config'
import { type Log, messageOf } from './log'
import type { Reader } from './sources'
import { type Target, TargetError, type TargetReply, type TargetRequest } from './target'

const passed = [
  'content-type',
  'accept',
  'mcp-session-id',
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
  'traceparent',
  'tracestate',
  'last-event-id',
]
const returned = ['content-type', 'mcp-session-id', 'mcp-protocol-version', 'retry-after']
const connectWithinMs = 10_000

type Options = { config: HttpTarget; reader: Reader; log: Log }

/** An MCP server in the agent's network, at the one address that the config names, with the credential it names. */
export function createHttpTarget({ config, reader, log }: Options): Target {
  const url = new URL(config.url)
  const { request, Agent } = url.protocol === 'https:' ? https : http
  // Idle sockets are closed before servers (5 s by default) close them: a request must not meet a socket that is going.
  const sockets = new Agent({ keepAlive: true, maxSockets: 512, timeout: 4000 })
  let credential: Promise<Record<string, string>> | null = null
  const active = new Set<ClientRequest>()

  const exchange = (sent: TargetRequest, headers: Record<string, string>): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { method, signal, body } = sent
      const asked = request(url, { method, agent: sockets, headers, signal })
      active.add(asked)
      const giveUp = (reason: string) => () => void asked.destroy(new TargetError(reason))
      const connecting = setTimeout(giveUp('the target does not answer'), connectWithinMs)
      const connected = () => clearTimeout(connecting)
      asked.on('socket', (socket) => (socket.connecting ? socket.once('connect', connected) : connected()))
      asked.on('close', () => {
        connected()
        active.delete(asked)
      })
      asked.on('error', (error) => reject(explained(error)))
      asked.on('response', (response) => {
        // A silent stream may live for hours.
        if (/^text\/event-stream/i.test(response.headers['content-type'] ?? '')) asked.setTimeout(0)
        resolve(response)
      })
      const { timeoutSeconds } = config
      if (timeoutSeconds !== undefined)
        asked.setTimeout(timeoutSeconds * 1000, giveUp(`the target said nothing for ${timeoutSeconds} s`))
      asked.end(body.length > 0 ? body : undefined)
    })

  return {
    handle: async (sent) => {
      credential ??= reader.read(config.headers, true)
      const own = await credential.catch((error) => {
        credential = null
        log.error('a credential cannot be read', { target: config.name, error: messageOf(error) })
        throw new TargetError('the agent cannot read the credential of this target; its log says more')
      })
      const response = await exchange(sent, { ...headersFor(sent), ...own })
      // It may have been replaced where it comes from.
      if (response.statusCode === 401) credential = null
      return replyOf(response)
    },
    close: async (reason) => {
      for (const asked of active) asked.destroy(new TargetError(`the target was ended: ${reason}`))
      sockets.destroy()
    },
  }
}

function headersFor({ headers, body, method }: TargetRequest): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (passed.includes(name) || name.startsWith('mcp-param-')) out[name] = value
  if (method === 'POST') out['content-length'] = String(body.length)
  // What is compressed cannot be searched for secrets.
  return { ...out, 'accept-encoding': 'identity' }
}

function replyOf(response: IncomingMessage): TargetReply {
  const headers: Record<string, string> = {}
  for (const name of returned) {
    const value = response.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  const status = response.statusCode ?? 502
  const encoding = response.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    response.destroy()
    throw new TargetError('the target compressed its answer, which was asked for as it is')
  }
  return { status, headers, body: bodyOf(response) }
}

async function* bodyOf(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Buffer
  } catch (error) {
    throw explained(error)
  }
}

const explanations: Record<string, string> = {
  ECONNREFUSED: 'the target refuses connections',
  ENOTFOUND: 'the name of the target does not resolve',
  ECONNRESET: 'the target closed the connection',
  EPIPE: 'the target closed the connection',
  ETIMEDOUT: 'the target does not answer',
  EHOSTUNREACH: 'the target cannot be reached',
}

function explained(error: unknown): Error {
  const { code } = error as { code?: string }
  if (error instanceof TargetError) return error
  if (code === 'ABORT_ERR') return new TargetError('the call was cancelled')
  return new TargetError(explanations[code ?? ''] ?? 'the target cannot be reached')
}
