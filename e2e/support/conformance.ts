// `npm run conformance -- --target URL --requirements REVISION [--agent]`: what a target does directly, it must do through
// Sallyport. With `--own` the target of the project, in every way that `npm test` wants.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildProgram } from '../../server/tunnel/build-agent'
import { losses, sideBySide, whole } from './conformance-compare'
import { openGateway, type Place } from './conformance-gateway'
import { type Outcomes, officialSuite, type Suite } from './conformance-suite'
import { serveTarget } from './target/http'

const usage = 'npm run conformance -- --target URL --requirements 2025-11-25|2026-07-28 [--agent]'

type Run = { name: string; direct: string; place: Place; requirements: string }
type Compared = { run: Run; direct: Outcomes; through: Outcomes }

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string' },
      requirements: { type: 'string' },
      agent: { type: 'boolean', default: false },
      own: { type: 'boolean', default: false },
      report: { type: 'string' },
    },
  })
  const { target, requirements, agent, own, report } = values
  const suite = await officialSuite()
  if (own) return ownTarget(suite, report)
  if (target === undefined || requirements === undefined) throw new Error(`usage: ${usage}`)
  suite.required(requirements)
  const run = { name: target, direct: target, place: { url: target, agent }, requirements }
  return tell(suite, await compare(suite, [run])).failed === 0 ? 0 : 1
}

/** Both revisions over HTTP, and the older one as a process of an agent: a target each, so that no run hears of another's changes. */
async function ownTarget(suite: Suite, report: string | undefined): Promise<number> {
  const targets = await Promise.all(Array.from({ length: 4 }, () => serveTarget()))
  const [direct, legacy, modern, remote] = targets.map(({ url }) => url) as [string, string, string, string]
  // One file, because an agent starts one for every session.
  const program = join(mkdtempSync(join(tmpdir(), 'sallyport-target-')), 'target.cjs')
  const command = [process.execPath, await buildProgram('e2e/support/target/main.ts', program), '--stdio']
  try {
    const at = (url: string, agent = false) => ({ url, agent })
    const compared = await compare(suite, [
      { name: 'over HTTP', direct, place: at(legacy), requirements: '2025-11-25' },
      { name: 'over HTTP', direct, place: at(modern), requirements: '2026-07-28' },
      { name: 'over HTTP behind an agent', direct, place: at(remote, true), requirements: '2025-11-25' },
      { name: 'as a process of an agent', direct, place: { command }, requirements: '2025-11-25' },
    ])
    const counted = tell(suite, compared)
    // A target that does not hold directly could lose nothing.
    for (const { run, direct } of compared)
      for (const scenario of suite.required(run.requirements))
        if (!whole(direct, [scenario]).includes(scenario)) counted.failed += 1
    if (report !== undefined) writeFileSync(report, JSON.stringify(counted))
    return counted.failed === 0 ? 0 : 1
  } finally {
    await Promise.all(targets.map((one) => one.close()))
  }
}

/** Directly once for each revision, meanwhile a Sallyport starts; then all routes through it at once. */
async function compare(suite: Suite, runs: Run[]): Promise<Compared[]> {
  const opening = openGateway()
  opening.catch(() => {})
  const known = new Map<string, Promise<Outcomes>>()
  for (const { direct, requirements } of runs) {
    const key = `${direct} ${requirements}`
    if (!known.has(key)) known.set(key, suite.run(direct, requirements))
  }
  const gateway = await opening
  try {
    const urls: string[] = []
    for (const { place } of runs) urls.push(await gateway.route(place))
    return await Promise.all(
      runs.map(async (run, n) => ({
        run,
        direct: (await known.get(`${run.direct} ${run.requirements}`)) as Outcomes,
        through: await suite.run(urls[n] ?? '', run.requirements),
      })),
    )
  } finally {
    await gateway.close()
  }
}

/** Prints all; counts each required scenario that holds directly as one that passes or fails through Sallyport. */
function tell(suite: Suite, compared: Compared[]): { passed: number; failed: number } {
  let [passed, failed] = [0, 0]
  for (const { run, direct, through } of compared) {
    const lost = losses(direct, through, 'url' in run.place)
    const scenarios = new Set(lost.map(({ scenario }) => scenario))
    const required = suite.required(run.requirements)
    const held = whole(direct, required)
    const kept = held.filter((scenario) => !scenarios.has(scenario))
    passed += kept.length
    failed += scenarios.size
    const counts = `directly ${held.length}, through Sallyport ${kept.length} of ${required.length} required scenarios`
    const summary = `${run.requirements} ${run.name}: ${counts}; ${lost.length} checks lost`
    process.stdout.write(`${sideBySide(direct, through, lost)}\n\n${summary}\n\n`)
  }
  return { passed, failed }
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.stack ?? error.message}\n`)
    process.exit(1)
  },
)
