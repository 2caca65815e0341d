import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { deriveKeys } from '../../keys'
import { parsePolicy } from '../../policy/document'
import { globMatches } from '../../policy/match'
import type { JsonObject, Mask } from '../../types'
import { compileMasks, fulfil, type Masker, parseReply, printReply } from '../fulfil'

const usage = `usage: npm run -s mask -- --policy FILE [--connection NAME] [--resource NAME] < replies.jsonl

Prints each JSON-RPC message of the input with the policy's masks applied, one a line.
Without --connection or --resource the masks of every connection or resource apply.
Hashes are those of the installation whose SALLYPORT_KEY is set, else of this run alone.
Exit 0: all masked; 1: a line was withheld; 2: the policy or an option is wrong.`

type Options = { policy: string; connection: string | null; resource: string | null }

async function main(): Promise<void> {
  const masker = maskerFor(readOptions())
  let withheld = 0
  let masked = 0
  for await (const line of lines(process.stdin)) {
    const answer = maskLine(line, masker)
    if ('failed' in answer) withheld += 1
    else masked += answer.masked
    process.stdout.write(`${printReply('failed' in answer ? refusal(line, answer.failed) : answer.message)}\n`)
  }
  process.stderr.write(`${counted(masked, 'value')} masked, ${counted(withheld, 'message')} withheld\n`)
  process.exitCode = withheld > 0 ? 1 : 0
}

function readOptions(): Options {
  try {
    const text = { type: 'string' } as const
    const { values } = parseArgs({ options: { policy: text, connection: text, resource: text } })
    const { policy, connection = null, resource = null } = values
    if (policy !== undefined) return { policy, connection, resource }
  } catch {
    // An option that does not exist gets the same answer as a missing one.
  }
  throw new Error(usage)
}

function maskerFor({ policy, connection, resource }: Options): Masker {
  const read = parsePolicy(readFileSync(policy, 'utf8'))
  if (!read.ok)
    throw new Error(
      read.problems.map(({ line, column, message }) => `${policy}:${line ?? 1}:${column ?? 1} ${message}`).join('\n'),
    )
  const applies = ({ connections, resources }: Mask) =>
    (connection === null || connections.some((glob) => globMatches(glob, connection))) &&
    (resource === null || resources.some((glob) => globMatches(glob, resource)))
  const secret = process.env.SALLYPORT_KEY
  return compileMasks(read.document.masks.filter(applies), secret ? deriveKeys(secret).mask : randomBytes(32), [])
}

/** Lines end at a newline only: JSON may hold every other line separator. */
async function* lines(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  let rest = ''
  input.setEncoding('utf8')
  for await (const chunk of input) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) if (part.trim() !== '') yield part
  }
  if (rest.trim() !== '') yield rest
}

function maskLine(line: string, masker: Masker): ReturnType<typeof fulfil> {
  let message: JsonObject
  try {
    message = parseReply(line)
  } catch {
    return { failed: 'it is not a JSON object' }
  }
  return fulfil(message, masker)
}

const counted = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`

/** Stands in the place of a message that is withheld, so that lines still match. */
function refusal(line: string, why: string): JsonObject {
  const id = /"id"\s*:\s*(\d{1,15})\b/.exec(line.slice(0, 200))?.[1]
  const message = `the answer could not be masked and was withheld: ${why}`
  return { jsonrpc: '2.0', id: id === undefined ? null : Number(id), error: { code: -32603, message } }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
})
