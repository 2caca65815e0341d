import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { removeDir, tempDir } from '../server/db/testing'
import type { Job, Measured } from './load'
import { type Prepared, prepare } from './prepare'
import { proof } from './proof'
import { median, percentile, printTable, type Result, ratiosOf } from './report'

const root = resolve(import.meta.dirname, '..')
const json = process.argv.includes('--json')
const check = process.argv.includes('--check')
/** Also measures the same target on stdio, behind an agent. */
const withAgent = process.argv.includes('--agent')
const rounds = Number(process.env.BENCH_ROUNDS ?? (check ? 3 : 5))
const roundMs = Number(process.env.BENCH_ROUND_MS ?? 3000)

/** What must not come back unmasked; the target's reply holds it three times. */
const secret = '912-34-5678'

type Target = { name: string; url: string; token: string | null; pid: number; masked: boolean }

function start(file: string, args: string[] = []): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, file), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((done, fail) => {
    child.once('exit', (code) => fail(new Error(`${file} exited with ${code}`)))
    child.stdout.once('data', (chunk: Buffer) => done({ child, line: chunk.toString().trim() }))
  })
}

// /proc/<pid>/stat counts in ticks of 10 ms; enough over a round of seconds.
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** One for all rounds, warmed like the targets: a cold client counts most against who answers fewest calls in a round. */
const startLoad = (): ChildProcess =>
  fork(join(root, 'bench/load.ts'), { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })

async function measure(
  load: ChildProcess,
  target: Target,
  connections: number,
): Promise<Measured & { cpuUsPerCall: number }> {
  const before = cpuMs(target.pid)
  const job: Job = {
    url: target.url,
    token: target.token,
    connections,
    durationMs: roundMs,
    mustNotHold: target.masked ? secret : null,
  }
  load.send(job)
  const [measured] = (await once(load, 'message')) as [Measured]
  const cpuUsPerCall = ((cpuMs(target.pid) - before) * 1000) / Math.max(1, measured.calls)
  return { ...measured, cpuUsPerCall }
}

async function main(): Promise<void> {
  const children: ChildProcess[] = []
  const folder = tempDir()
  try {
    const upstream = await start('bench/target.ts')
    children.push(upstream.child)
    const bare = await start('bench/bare.ts', [upstream.line])
    children.push(bare.child)
    const load = startLoad()
    children.push(load)
    const prepared = await prepare(folder, upstream.line, withAgent)
    try {
      await compare(load, upstream, bare, prepared)
    } finally {
      await prepared.stop()
    }
  } finally {
    for (const child of children) child.kill()
    removeDir(folder)
  }
}

type Started = Awaited<ReturnType<typeof start>>

async function compare(load: ChildProcess, upstream: Started, bare: Started, prepared: Prepared): Promise<void> {
  const targets: Target[] = [
    { name: 'direct', url: upstream.line, token: null, pid: upstream.child.pid ?? 0, masked: false },
    { name: 'bare proxy', url: bare.line, token: null, pid: bare.child.pid ?? 0, masked: false },
    { name: 'sallyport', url: prepared.url, token: prepared.token, pid: prepared.pid, masked: true },
  ]
  if (prepared.agentUrl !== null)
    targets.push({
      name: 'over an agent',
      url: prepared.agentUrl,
      token: prepared.token,
      pid: prepared.pid,
      masked: true,
    })
  const { results, problems, calls } = await runRounds(load, targets)
  problems.push(...(await proof(prepared, calls)))
  const ratios = ratiosOf(results)
  if (json) process.stdout.write(`${JSON.stringify({ ratios, results })}\n`)
  else printTable(results, ratios)
  if (ratios.vsBareProxy32 < 0.35)
    problems.push(
      `only ${(ratios.vsBareProxy32 * 100).toFixed(0)} % of the bare proxy at 32 connections; 35 % is the least`,
    )
  if (ratios.addedP50Ms1 >= 2)
    problems.push(`adds ${ratios.addedP50Ms1.toFixed(2)} ms p50 at one connection; less than 2 is asked`)
  for (const problem of problems) process.stderr.write(`bench: ${problem}\n`)
  process.exitCode = problems.length === 0 ? 0 : 1
}

// What is asked about is a server in service, whose code V8 has compiled; all are warmed alike.
const warmCalls = Number(process.env.BENCH_WARM_CALLS ?? (check ? 3_000 : 15_000))
const warmRoundsMax = 20

/** Returns how many of the calls stand in the record. */
async function warm(load: ChildProcess, target: Target): Promise<number> {
  let calls = 0
  for (let round = 0; calls < warmCalls && round < warmRoundsMax; round += 1)
    calls += (await measure(load, target, 32)).calls
  return target.masked ? calls : 0
}

/** Interleaved, so that a noisy minute hurts all alike; medians over rounds. */
async function runRounds(
  load: ChildProcess,
  targets: Target[],
): Promise<{ results: Result[]; problems: string[]; calls: number }> {
  const problems: string[] = []
  const results: Result[] = []
  let calls = 0
  for (const target of targets) calls += await warm(load, target)
  for (const connections of [1, 32]) {
    const measured = new Map<string, (Measured & { cpuUsPerCall: number })[]>(targets.map(({ name }) => [name, []]))
    for (let round = 0; round < rounds; round += 1)
      for (const target of targets) measured.get(target.name)?.push(await measure(load, target, connections))
    for (const target of targets) {
      const all = measured.get(target.name) ?? []
      const failed = all.reduce((sum, one) => sum + one.failed, 0)
      const leaked = all.reduce((sum, one) => sum + one.leaked, 0)
      if (failed > 0) problems.push(`${target.name}: ${failed} calls failed`)
      if (leaked > 0) problems.push(`${target.name}: ${leaked} replies held an unmasked value`)
      if (target.masked) calls += all.reduce((sum, one) => sum + one.calls, 0)
      results.push({
        name: target.name,
        connections,
        callsPerSecond: median(all.map((one) => (one.calls * 1000) / one.durationMs)),
        p50Ms: median(all.map((one) => percentile(one.latenciesMs, 50))),
        p99Ms: median(all.map((one) => percentile(one.latenciesMs, 99))),
        cpuUsPerCall: median(all.map((one) => one.cpuUsPerCall)),
      })
    }
  }
  return { results, problems, calls }
}

main().catch((error: Error) => {
  process.stderr.write(`bench: ${error.message}\n`)
  process.exitCode = 1
})
