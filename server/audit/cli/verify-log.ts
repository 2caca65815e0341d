import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { Report } from '../schemas'
import { type RecordLine, RecordVerifier, type SignedHead } from '../verify'

const usage = 'usage: npm run -s verify-log -- EXPORT [--head FILE] [--key PUBLIC_KEY]...'

/** Verifies an export without the server: exit 0 when it holds, 1 when it does not, 2 when it could not be read. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { head: { type: 'string' }, key: { type: 'string', multiple: true, default: [] } },
  })
  const [file] = positionals
  if (file === undefined || positionals.length > 1) throw new Error(usage)
  const kept = values.head === undefined ? [] : keptHeads(values.head)
  // Whoever can rewrite the record could sign it anew with a key of their own; a head kept elsewhere names the real one.
  const verifier = new RecordVerifier([...values.key, ...(values.key.length > 0 ? [] : kept.slice(-1).map(keyOf))])
  for (const head of kept) verifier.expect(head, `the head in ${values.head}`)
  for await (const line of linesOf(file, isTie)) verifier.learn(line)
  for await (const line of linesOf(file)) verifier.take(line)
  const report = verifier.end()
  print(report, values.head !== undefined, values.key.length > 0)
  return report.findings.length === 0 ? 0 : 1
}

function print(report: Report, withHead: boolean, withKey: boolean): void {
  const { findings, entries, chains, versions, heads, lastSignedAt, keys } = report
  const lines = [
    ...findings.map(({ where, problem }) => `${where}: ${problem}`),
    `${entries} entries in ${chains} chains, ${versions} policy versions, ${heads} signed heads, the last of ${lastSignedAt ?? 'never'}`,
    ...keys.map((key) => `signed with ${key}`),
    ...(withHead
      ? []
      : ['without --head, entries cut off from the end, with the heads that name them, would not be noticed']),
    ...(withHead || withKey
      ? []
      : ['without --head or --key, a record that was written anew with another key would not be noticed']),
    findings.length === 0 ? 'the record holds' : 'THE RECORD DOES NOT HOLD',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

const keyOf = ({ publicKey }: SignedHead): string => publicKey

/** Signed heads as the log, the table or an export has them; a file may hold many, one a line. */
function keptHeads(file: string): SignedHead[] {
  const text = readFileSync(file, 'utf8')
  const values = [text, ...text.split('\n')].flatMap((part) => {
    try {
      return [JSON.parse(part) as { head?: SignedHead } & SignedHead]
    } catch {
      return []
    }
  })
  const heads = values.map((value) => value?.head ?? value).filter(isHead)
  if (heads.length === 0) throw new Error(`${file} holds no signed head`)
  return heads
}

const isHead = (value: Partial<SignedHead> | null): value is SignedHead =>
  typeof value?.heads === 'string' && typeof value.signature === 'string' && typeof value.publicKey === 'string'

// Cheaper than parsing what nothing is learned from; inside a body its quotes would be escaped.
const isTie = (line: string): boolean => !line.includes('"type":"entry"') || line.includes('"kind":"chain"')

async function* linesOf(file: string, wanted: (line: string) => boolean = () => true): AsyncGenerator<RecordLine> {
  let number = 0
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1
    if (line.trim() !== '' && wanted(line)) yield parse(line, number)
  }
}

function parse(line: string, number: number): RecordLine {
  try {
    return JSON.parse(line) as RecordLine
  } catch {
    throw new Error(`line ${number} is not JSON; the file is damaged or not an export`)
  }
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: NodeJS.ErrnoException) => {
    const unread =
      error.path === undefined
        ? null
        : `\`${error.path}\` cannot be read (${error.code}); name the file that export-log wrote`
    process.stderr.write(`${unread ?? error.message}\n`)
    process.exitCode = 2
  },
)
