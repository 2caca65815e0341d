import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parse, stringify } from 'yaml'
import { readEnv } from '../env'
import { parsePolicy } from '../policy/document'
import { localAccessToken } from './sign-in'

const usage = 'usage: npm run -s apply -- FILE.yaml [--token TOKEN] [--message TEXT]'

type Target = Record<string, unknown> & {
  name: string
  credentials?: { type: string; headers?: Record<string, string> }
}
type Send = (method: string, path: string, body?: unknown) => Promise<unknown>

/** Connections and policy from a file into a running Sallyport; in local mode as carol. Connections first, then the policy. */
async function main(): Promise<void> {
  const options = { token: { type: 'string' }, message: { type: 'string' } } as const
  const { values, positionals } = parseArgs({ allowPositionals: true, options })
  const [file] = positionals
  if (file === undefined || positionals.length > 1) throw new Error(usage)
  const { publicUrl, local } = readEnv(process.env)
  if (values.token === undefined && !local) throw new Error('give an access token of an administrator with --token')
  const { connections, policy } = readFile(file)
  const token = values.token ?? (await localAccessToken(publicUrl, 'carol', `${publicUrl}/api`))
  const send = sender(publicUrl, token)
  const known = new Set(((await send('GET', '/api/connections')) as { name: string }[]).map(({ name }) => name))
  for (const connection of connections) await applyConnection(send, connection, known.has(connection.name))
  if (policy === null) return
  const current = (await send('GET', '/api/policy')) as { number: number }
  const message = values.message ?? `From ${file.split('/').at(-1)}`
  const made = (await send('PUT', '/api/policy', { document: policy, message, basedOn: current.number })) as {
    number: number
  }
  process.stdout.write(`policy version ${made.number} is in force\n`)
}

function readFile(file: string): { connections: Target[]; policy: unknown } {
  const text = expand(readFileSync(file, 'utf8'))
  const whole = (parse(text, { uniqueKeys: true }) ?? {}) as Record<string, unknown>
  const { connections = [], ...document } = whole
  if (!Array.isArray(connections)) throw new Error('`connections` must be a list')
  if (Object.keys(document).length === 0) return { connections: connections as Target[], policy: null }
  // Positions are those of the file when it holds nothing but the policy.
  const read = parsePolicy(connections.length === 0 ? text : stringify(document), 'yaml')
  if (!read.ok)
    throw new Error(
      read.problems.map(({ line, column, message }) => `${file}:${line ?? 1}:${column ?? 1}: ${message}`).join('\n'),
    )
  return { connections: connections as Target[], policy: read.document }
}

/** `${NAME}` comes from this program's environment, never from the server's. */
function expand(text: string): string {
  return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const value = process.env[name]
    if (value === undefined) throw new Error(`the environment variable \`${name}\` is not set`)
    return value
  })
}

async function applyConnection(send: Send, { name, credentials, ...target }: Target, known: boolean): Promise<void> {
  const path = `/api/connections/${encodeURIComponent(name)}`
  const credential = credentials?.type === 'headers' ? { type: 'headers', headers: credentials.headers } : null
  if (known) {
    await send('PATCH', path, target)
    if (credential !== null) await send('PUT', `${path}/credential`, credential)
  } else await send('POST', '/api/connections', { name, ...target, credential })
  const result = (await send('POST', `${path}/test`)) as { ok: boolean; message: string }
  process.stdout.write(`${name}: ${known ? 'updated' : 'added'}; ${result.ok ? 'it ' : ''}${result.message}\n`)
}

function sender(publicUrl: string, token: string): Send {
  return async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }
    const response = await fetch(`${publicUrl}${path}`, init).catch(() => null)
    if (response === null) throw new Error(`sallyport does not answer at ${publicUrl}; start it with \`npm start\``)
    const text = await response.text()
    const answer = text === '' ? null : (JSON.parse(text) as { error?: { message: string } })
    if (!response.ok) throw new Error(answer?.error?.message ?? `HTTP ${response.status}`)
    return answer
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
