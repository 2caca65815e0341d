import { existsSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { z } from 'zod'
import { enrolPath, parse } from '../handshake'
import { gatewayOrigin } from './gateway-url'
import { newKey, writeIdentity } from './identity'
import { proxyFor, socketThrough } from './proxy'

const Enrolled = z.object({ agent: z.uuid(), name: z.string(), gateway: z.url() })
const answerBytesMax = 100_000

export type EnrolOptions = {
  gateway: string
  token: string
  configPath: string
  identityPath: string
  insecure: boolean
  replace: boolean
}

/** Exchanges a one-time token for a key pair that is made here. Returns the agent's name. */
export async function enrol(options: EnrolOptions): Promise<string> {
  const { token, configPath, identityPath, insecure, replace } = options
  if (!replace && existsSync(identityPath))
    throw new Error(`\`${identityPath}\` is there already; give --replace to make this agent another one`)
  const origin = gatewayOrigin(options.gateway, insecure)
  const { publicKey, privateKey } = newKey()
  const { agent, name, gateway } = await post(new URL(enrolPath, origin), { token, publicKey })
  writeIdentity(identityPath, { agent, name, gateway, privateKey }, replace)
  if (!existsSync(configPath)) writeFileSync(configPath, starter(gateway, insecure))
  return name
}

async function post(url: URL, body: object): Promise<z.infer<typeof Enrolled>> {
  const proxy = proxyFor(url, process.env)
  const socket = proxy === null ? null : await socketThrough(proxy, url)
  const more = socket === null ? {} : { createConnection: () => socket }
  const { status, text } = await exchange(url, JSON.stringify(body), more)
  const answer = parse(text)
  const enrolled = Enrolled.safeParse(answer)
  if (status === 200 && enrolled.success) return enrolled.data
  const { error } = (answer ?? {}) as { error?: { message?: string } }
  throw new Error(error?.message ?? `${url.origin} answers HTTP ${status}; is it the address of the gateway?`)
}

function exchange(url: URL, body: string, more: http.RequestOptions): Promise<{ status: number; text: string }> {
  const { request } = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const asked = request(url, { method: 'POST', headers, timeout: 15_000, ...more }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length > answerBytesMax) response.destroy(new Error('the answer of the gateway is too large'))
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', reject)
    })
    asked.on('timeout', () => asked.destroy(new Error('the gateway does not answer')))
    asked.on('error', reject)
    asked.end(body)
  })
}

const starter = (gateway: string, insecure: boolean): string => `# The agent reads this file again when it changes.
gateway: ${gateway}${insecure ? '\ninsecure: true' : ''}
targets: []
# targets:
#   - name: crm
#     type: http
#     url: http://crm.internal:8080/mcp
#     headers:
#       authorization: { env: CRM_TOKEN, prefix: "Bearer " }
#   - name: files
#     type: stdio
#     command: [npx, -y, "@modelcontextprotocol/server-filesystem", /srv/files]
`
