import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { type RecordLine, RecordVerifier, type SignedHead } from '../verify'

const usage = 'usage: npm run -s verify-log -- EXPORT [--head FILE] [--key PUBLIC_KEY]'

/** Verifies an export without the server: exit 0 when it holds, 1 when it does not, 2 when it could not be read. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { head: { type: 'string' }, key: { type: 'string' } },
  })
  const [file] = positionals
  if (file === undefined || positionals.length > 1) throw new Error(usage)
  const kept = values.head === undefined ? null : readHead(values.head)
  // Whoever can rewrite the record could sign it anew with a key of their own; a head kept elsewhere names the real one.
  const verifier = new RecordVerifier(values.key ?? kept?.publicKey ?? null)
  if (kept !== null) verifier.expect(kept, `the head in ${values.head}`)
  let number = 0
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1
    if (line.trim() !== '') verifier.take(readLine(line, number))
  }
  const report = verifier.end()
  for (const { where, problem } of report.findings) process.stdout.write(`${where}: ${problem}\n`)
  const { entries, chains, versions, heads, lastSignedAt } = report
  process.stdout.write(
    `${entries} entries in ${chains} chains, ${versions} policy versions, ${heads} signed heads, the last of ${lastSignedAt ?? 'never'}\n`,
  )
  if (values.head === undefined)
    process.stdout.write(
      'without --head, entries cut off after the last signed head in this file would not be noticed\n',
    )
  process.stdout.write(report.findings.length === 0 ? 'the record holds\n' : 'THE RECORD DOES NOT HOLD\n')
  return report.findings.length === 0 ? 0 : 1
}

/** A signed head as the log line or the table has it. */
function readHead(file: string): SignedHead {
  const head = JSON.parse(readFileSync(file, 'utf8')) as SignedHead
  if (typeof head.heads !== 'string' || typeof head.signature !== 'string')
    throw new Error(`${file} holds no signed head`)
  return head
}

function readLine(line: string, number: number): RecordLine {
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
  (error: Error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  },
)
