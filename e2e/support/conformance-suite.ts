import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'yaml'

/** How often a check passed, failed, or only said something: that it does not apply, or could be better. */
export type Tally = { passed: number; failed: number; noted: number }
/** Scenario -> check -> tally. */
export type Outcomes = Map<string, Map<string, Tally>>
export type Suite = {
  /** Runs every scenario of one revision against an MCP server. */
  run(url: string, requirements: string): Promise<Outcomes>
  /** The scenarios that count for the revision; the others are run for information. */
  required(requirements: string): string[]
}

const execute = promisify(execFile)
const version = '0.2.0-alpha.12'
const patienceMs = 280_000

/** The official suite, installed once beside the project, with the Node 22 or later that it asks for. */
export async function officialSuite(): Promise<Suite> {
  const folder = resolve(import.meta.dirname, `../../.cache/conformance-${version}`)
  const node = join(folder, 'node_modules/node/bin/node')
  const packageFolder = join(folder, 'node_modules/@modelcontextprotocol/conformance')
  if (!existsSync(node) || !existsSync(packageFolder)) {
    mkdirSync(folder, { recursive: true })
    const flags = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder]
    const packages = ['node@24', `@modelcontextprotocol/conformance@${version}`]
    await execute('npm', ['install', ...flags, ...packages], { timeout: patienceMs })
  }
  const program = join(packageFolder, 'dist/index.js')
  return {
    run: (url, requirements) => run(node, program, url, requirements),
    required: (requirements) => {
      const file = join(packageFolder, `requirements/${requirements}.yaml`)
      if (!existsSync(file)) throw new Error(`the suite has no requirements for \`${requirements}\``)
      return (parse(readFileSync(file, 'utf8')) as { server: string[] }).server
    },
  }
}

async function run(node: string, program: string, url: string, requirements: string): Promise<Outcomes> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-conformance-'))
  try {
    const args = [program, 'server', '--url', url, '--requirements', requirements, '-o', folder]
    // A failing check is exit code 1; what counts is in the files.
    const said = await execute(node, args, { timeout: patienceMs, maxBuffer: 64 * 1024 * 1024 }).catch(
      (error: { stdout?: string; stderr?: string }) => error,
    )
    const outcomes = readOutcomes(folder)
    if (outcomes.size === 0)
      throw new Error(`the suite ran nothing against ${url}:\n${String(said.stderr).slice(-2000)}`)
    return outcomes
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Check = { id: string; status: string }

/** Folders `server-SCENARIO-TIME` with a list of checks each. */
function readOutcomes(folder: string): Outcomes {
  const found = readdirSync(folder).flatMap((name) => {
    const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT/.exec(name)?.[1]
    const file = join(folder, name, 'checks.json')
    if (scenario === undefined || !existsSync(file)) return []
    return [[scenario, countChecks(JSON.parse(readFileSync(file, 'utf8')) as Check[])] as const]
  })
  return new Map(found.sort(([a], [b]) => a.localeCompare(b)))
}

const places: Record<string, keyof Tally> = { SUCCESS: 'passed', FAILURE: 'failed' }

function countChecks(checks: Check[]): Map<string, Tally> {
  const counted = new Map<string, Tally>()
  for (const { id, status } of checks) {
    const tally = counted.get(id) ?? { passed: 0, failed: 0, noted: 0 }
    tally[places[status] ?? 'noted'] += 1
    counted.set(id, tally)
  }
  return counted
}
