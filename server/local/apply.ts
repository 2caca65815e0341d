import { readFileSync } from 'node:fs'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { readEnv } from '../env'
import { type PolicyFile, readPolicyFile } from '../policy/file'
import type { DraftCheck } from '../roles/schemas'
import type { PolicyDocument } from '../types'
import { type Send, sender, type Unanswered } from './api'
import { localAccessToken } from './sign-in'

const usage = `usage: npm run -s apply -- FILE.yaml [--dry-run] [--exit-code] [--based-on N] [--message TEXT] [--token TOKEN]

Connections and policy from a file into a running Sallyport. Prints what changes in words, and what is wrong with it.
What is there already as the file says it stays as it is: no version is made, and no connection touched but for the credential
that the file gives it.

--dry-run      change nothing
--exit-code    with --dry-run: exit 2 when something would change
--based-on N   refuse when another version than N is in force
Exit: 0 done, or nothing to do; 1 refused; 2 see above; 3 somebody else published meanwhile`

const exitCodes = { done: 0, refused: 1, differs: 2, conflict: 3 } as const

type Target = Record<string, unknown> & {
  name: string
  credentials?: { type: string; headers?: Record<string, string> }
}
/** A connection as the API tells of it; what its credential is nobody is told. */
type Known = Record<string, unknown> & { name: string }
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
  const known = new Map(((await send('GET', '/api/connections')) as Known[]).map((view) => [view.name, view]))
  let differ = false
  for (const connection of read.connections as Target[]) {
    const view = known.get(connection.name) ?? null
    const same = view !== null && isSame(view, connection)
    differ ||= !same
    if (same && (options.dryRun || connection.credentials === undefined)) say(`${connection.name}: as it is`)
    else if (options.dryRun) say(`${connection.name}: would be ${view === null ? 'added' : 'updated'}`)
    else await applyConnection(send, connection, view !== null)
  }
  const code = read.policy === null ? exitCodes.done : await applyPolicy(send, read, options)
  return code === exitCodes.done && differ && options.dryRun && options.exitCode ? exitCodes.differs : code
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

/** What a file leaves out. */
const left = { sql: [], http: [], schema: 'public', clientRequests: [] }

/** Whether a file says of a connection what is there. Credentials cannot be compared, so they make no difference. */
function isSame(known: Known, { name: _, credentials: __, ...target }: Target): boolean {
  const href = (url: unknown) => (typeof url === 'string' && URL.canParse(url) ? new URL(url).href : url)
  return Object.entries({ ...left, ...target }).every(([key, value]) =>
    isDeepStrictEqual(key === 'url' ? href(value) : value, known[key]),
  )
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
    say(saysTheSame(check.current))
    return exitCodes.done
  }
  if (dryRun) {
    say(`policy version ${check.current + 1} would be published with ${check.changes.length} changes`)
    return exitCode ? exitCodes.differs : exitCodes.done
  }
  try {
    const body = { document, message, basedOn: check.current }
    const made = (await send('PUT', '/api/policy', body)) as { number: number; changed: boolean }
    say(made.changed ? `policy version ${made.number} is in force` : saysTheSame(made.number))
    return exitCodes.done
  } catch (error) {
    const { code, details } = error as Unanswered
    if (code !== 'conflict') throw error
    return conflict((details as { conflict: DraftCheck['conflict'] }).conflict)
  }
}

const saysTheSame = (version: number) => `policy version ${version} says the same; nothing to publish`

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
