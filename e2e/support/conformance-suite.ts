import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Scenario -> how many of its checks passed and failed. */
export type Outcome = { passed: number; failed: number }
export type Outcomes = Map<string, Outcome>

// It needs Node 22 or later, which is more than Sallyport asks for.
const packages = ['node@24', '@modelcontextprotocol/conformance@0.2.0-alpha.12']
const patienceMs = 280_000

/** Runs the official suite against an MCP server, all scenarios that one revision requires. */
export async function officialSuite(url: string, requirements: string): Promise<Outcomes> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-conformance-'))
  try {
    const command = `conformance server --url ${quoted(url)} --requirements ${quoted(requirements)} -o ${quoted(folder)}`
    const args = ['-y', ...packages.flatMap((name) => ['-p', name]), '-c', command]
    const { stdout, stderr } = await run('npx', args)
    const outcomes = readSummary(stdout)
    if (outcomes.size === 0) throw new Error(`the suite ran nothing against ${url}:\n${stderr.slice(-2000)}`)
    return outcomes
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

function run(command: string, args: string[]): Promise<{ stdout: string; stderr: string }> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: patienceMs })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.once('error', fail)
    child.once('close', () => done({ stdout, stderr }))
  })
}

/** Lines of the summary: `✓ ping: 2 passed, 0 failed`. */
export function readSummary(output: string): Outcomes {
  const at = output.lastIndexOf('=== SUMMARY ===')
  const lines = at === -1 ? [] : output.slice(at).matchAll(/^[^\w\s]\s+([\w-]+): (\d+) passed, (\d+) failed/gm)
  return new Map(
    [...lines].map(([, name = '', passed, failed]) => [name, { passed: Number(passed), failed: Number(failed) }]),
  )
}
/** What held directly and does not through the gateway. */
export const losses = (direct: Outcomes, through: Outcomes): string[] =>
  [...direct].filter(([name, one]) => isLoss(one, through.get(name))).map(([name]) => name)

const isLoss = (direct: Outcome, through: Outcome | undefined): boolean =>
  through === undefined || through.passed < direct.passed || through.failed > direct.failed

/** Both side by side, one scenario a line. */
export function sideBySide(direct: Outcomes, through: Outcomes): string {
  const lost = new Set(losses(direct, through))
  const show = (one: Outcome | undefined) =>
    one === undefined ? 'did not run' : `${one.passed} passed, ${one.failed} failed`
  const rows = [...direct].map(
    ([name, one]) =>
      `${lost.has(name) ? 'LOST' : '    '}  ${name.padEnd(48)}  ${show(one).padEnd(22)}  ${show(through.get(name))}`,
  )
  const head = `      ${'scenario'.padEnd(48)}  ${'directly'.padEnd(22)}  through Sallyport`
  return [head, ...rows].join('\n')
}

/** Scenarios without a failing check. */
export const whole = (outcomes: Outcomes): number => [...outcomes.values()].filter(({ failed }) => failed === 0).length
