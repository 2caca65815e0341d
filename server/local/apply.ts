import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readEnv } from '../env'
import { type PolicyFile, readPolicyFile } from '../policy/file'
import type { DraftCheck } from '../roles/schemas'
import type { PolicyDocument } from '../types'
import { type Send, sender, type Unanswered } from './api'
import { localAccessToken } from './sign-in'

const usage = `usage: npm run -s apply -- FILE.yaml [--dry-run] [--exit-code] [--based-on N] [--message TEXT] [--token TOKEN]

Connections and policy from a file into a running Sallyport. Prints what changes in words, and what is wrong with it.

--dry-run      change nothing
--exit-code    with --dry-run: exit 2 when something would change
--based-on N   refuse when another version than N is in force
Exit: 0 done, or nothing to do; 1 refused; 2 see above; 3 somebody else published meanwhile`

const exitCodes = { done: 0, refused: 1, differs: 2, conflict: 3 } as const

type Target = Record<string, unknown> & {
  name: string
  credentials?: { type: string; headers?: Record<string, string> }
}
type Options = { file: string; message: string; basedOn: number | null; dryRun: boolean; exitCode: boolean }

const say = (line: string) => process.stdout.write(`${line}\n`)

/** Connections first, then the policy; in local mode as carol. */
async function main(): Promise<number> {
  const { token: given, ...options } = readOptions()
  const { publicUrl, local } = readEnv(process.env)
  if (given === null && !local) throw new Error('give an access token of an administrator with --token')
  const read = readFile(options.file)
  const token = given ?? (await localAccessToken(publicUrl, 'carol', `${publicUrl}/api`))
  const send = sender(publicUrl, token)
  const known = new Set(((await send('GET', '/api/connections')) as { name: string }[]).map(({ name }) => name))
  for (const connection of read.connections as Target[])
    if (options.dryRun) say(`${connection.name}: would be ${known.has(connection.name) ? 'updated' : 'added'}`)
    else await applyConnection(send, connection, known.has(connection.name))
  return read.policy === null ? exitCodes.done : applyPolicy(send, read, options)
}

function readOptions(): Options & { token: string | null } {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { token: text, message: text, 'based-on': text, 'dry-run': flag, 'exit-code': flag },
  })
  const [file] = positionals
  const basedOn = values['based-on'] ?? null
  if (file === undefined || positionals.length > 1 || !/^\d+$/.test(basedOn ?? '0')) throw new Error(usage)
  return {
    file,
    message: values.message ?? `From ${file.split('/').at(-1)}`,
    basedOn: basedOn === null ? null : Number(basedOn),
    dryRun: values['dry-run'],
    exitCode: values['exit-code'],
    token: values.token ?? null,
  }
}

type Read = PolicyFile & { document: PolicyDocument | null }

function readFile(file: string): Read {
  const text = expand(readFileSync(file, 'utf8'))
  try {
    const read = readPolicyFile(text)
    if (read.policy === null || read.policy.ok) return { ...read, document: read.policy?.document ?? null }
    throw new Error(read.policy.problems.map((problem) => `${read.placeOf(problem)}: ${problem.message}`).join('\n'))
  } catch (error) {
    throw new Error((error as Error).message.replace(/^/gm, `${file}:`))
  }
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
  const saved = known
    ? send('PATCH', path, { ...target, ...(credential === null ? {} : { credential }) })
    : send('POST', '/api/connections', { name, ...target, credential })
  const { check } = (await saved) as { check: { ok: boolean; message: string } }
  say(`${name}: ${known ? 'updated' : 'added'}; ${check.ok ? 'it ' : ''}${check.message}`)
}

async function applyPolicy(send: Send, { document, placeOf }: Read, options: Options): Promise<number> {
  const { file, message, basedOn, dryRun, exitCode } = options
  const check = (await send('POST', '/api/policy/check', { document, basedOn })) as DraftCheck
  for (const { text } of check.changes) say(`  ${text}`)
  for (const problem of check.problems) {
    const at = { path: problem.path, offset: problem.offset ?? 0 }
    process.stderr.write(`${file}:${placeOf(at)}: ${problem.severity}: ${problem.message}\n`)
  }
  if (check.problems.some(({ severity }) => severity === 'error')) return exitCodes.refused
  if (check.conflict !== null) return conflict(check.conflict)
  if (check.changes.length === 0) {
    say(`policy version ${check.current} says the same; nothing to publish`)
    return exitCodes.done
  }
  if (dryRun) {
    say(`policy version ${check.current + 1} would be published with ${check.changes.length} changes`)
    return exitCode ? exitCodes.differs : exitCodes.done
  }
  try {
    const made = (await send('PUT', '/api/policy', { document, message, basedOn: check.current })) as { number: number }
    say(`policy version ${made.number} is in force`)
    return exitCodes.done
  } catch (error) {
    const { code, details } = error as Unanswered
    if (code !== 'conflict') throw error
    return conflict((details as { conflict: DraftCheck['conflict'] }).conflict)
  }
}

function conflict(theirs: DraftCheck['conflict']): number {
  if (theirs === null) throw new Error('another version was published meanwhile; try again')
  process.stderr.write(`version ${theirs.version} by ${theirs.author} was published meanwhile: ${theirs.message}\n`)
  for (const { text } of theirs.changes) process.stderr.write(`  ${text}\n`)
  return exitCodes.conflict
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = exitCodes.refused
  },
)
