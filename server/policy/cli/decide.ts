import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import type { Decision } from '../../types'
import { compile } from '../compile'
import { decide } from '../decide'
import { parsePolicy } from '../document'
import { loadSql } from '../sql/facts'
import { readCall, readClaims } from './read-call'

const usage = `usage: npm run -s decide -- --policy FILE --as CLAIMS.json --call CALL.json [--now TIME]

Asks a policy about a call without running it, and prints the decision as JSON.
Exit: 0 allowed, 10 waits for a review, 20 denied, 1 bad input.

CLAIMS.json  what a token says: { "sub": "alice", "groups": ["support"], "email": "..." }
CALL.json    { "connection": "shop", "tool": "refund_order", "args": { "amount": 60 } }; instead of \`tool\`: \`resource\`
             (a URI) or \`prompt\`, or an MCP request's \`method\` and \`params\`. More facts: \`client\`, \`hints\` (the
             tool's annotations), \`http\`, and \`sql\`: { "argument": "sql", "dialect": "postgres", "schema": "public" },
             or the facts themselves; left out, an argument called \`sql\` is read as PostgreSQL`

const exitCodes = { allow: 0, review: 10, deny: 20 } satisfies Record<Decision['effect'], number>

class BadInput extends Error {}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      policy: { type: 'string' },
      as: { type: 'string' },
      call: { type: 'string' },
      now: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) {
    console.log(usage)
    return 0
  }
  const { policy: policyFile, as, call: callFile } = values
  if (policyFile === undefined || as === undefined || callFile === undefined) throw new BadInput(usage)
  const now = values.now === undefined ? new Date() : new Date(values.now)
  if (Number.isNaN(now.getTime())) throw new BadInput(`\`${values.now}\` is no time: write it as 2026-11-23T12:00:00Z`)
  await loadSql()
  const policy = compile(0, readPolicy(policyFile))
  const principal = readJson(as, readClaims)
  const call = readJson(callFile, (value) => readCall(value, principal))
  const decision = decide(policy, call, { grants: [], digest: null }, now)
  console.log(JSON.stringify(decision, null, 2))
  return exitCodes[decision.effect]
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new BadInput(`\`${file}\` cannot be read: ${(error as Error).message}`)
  }
}

function readPolicy(file: string) {
  const read = parsePolicy(readText(file), file.endsWith('.json') ? 'json' : 'yaml')
  if (read.ok) return read.document
  throw new BadInput(
    read.problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'),
  )
}

function readJson<T>(file: string, read: (value: unknown) => T): T {
  const text = readText(file)
  try {
    return read(JSON.parse(text))
  } catch (error) {
    if (error instanceof z.ZodError) throw new BadInput(`${file}: ${z.prettifyError(error)}`)
    throw new BadInput(`\`${file}\` is not JSON: ${(error as Error).message}`)
  }
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: Error & { code?: string }) => {
    const isOurs = error instanceof BadInput || String(error.code).startsWith('ERR_PARSE_ARGS')
    console.error(isOurs ? error.message : error)
    process.exitCode = 1
  },
)
