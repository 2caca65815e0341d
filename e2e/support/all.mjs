// Every test there is, from a fresh clone: installs what is missing, builds, runs each runner, adds up.
// Node built-ins only: this runs before anything is installed. The last line is `N passed, N failed`.
import { execFileSync, spawn } from 'node:child_process'
import { accessSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..')
process.chdir(root)
const reports = join(root, 'test-results')
rmSync(reports, { recursive: true, force: true })
mkdirSync(reports, { recursive: true })

let passed = 0
let failed = 0

function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } })
    child.once('error', () => resolve(127))
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

/** One check without cases of its own: counts as one. */
async function step(name, command, args) {
  const startedAt = Date.now()
  process.stdout.write(`\n== ${name}\n`)
  const code = await run(command, args)
  process.stdout.write(
    `== ${name}: ${code === 0 ? 'ok' : 'FAILED'} (${Math.round((Date.now() - startedAt) / 1000)} s)\n`,
  )
  if (code === 0) passed += 1
  else failed += 1
  return code === 0
}

/** A runner with a JSON report; a runner that ran nothing has failed. */
async function suite(name, command, args, report, read, env) {
  const startedAt = Date.now()
  process.stdout.write(`\n== ${name}\n`)
  const code = await run(command, args, env)
  const counted = existsSync(report) ? read(JSON.parse(readFileSync(report, 'utf8'))) : { passed: 0, failed: 0 }
  const broken = (code !== 0 && counted.failed === 0) || counted.passed + counted.failed === 0
  passed += counted.passed
  failed += counted.failed + (broken ? 1 : 0)
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  process.stdout.write(`== ${name}: ${counted.passed} passed, ${counted.failed} failed (${seconds} s)\n`)
}

const bin = (name) => join(root, 'node_modules/.bin', name)

function chromium() {
  const found = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => {
    try {
      accessSync(path)
      return true
    } catch {
      return false
    }
  })
  return process.env.CHROMIUM ?? found
}

function installChromium() {
  if (chromium() !== undefined) return
  process.stdout.write('== installing chromium\n')
  const sudo = process.getuid?.() === 0 ? [] : ['sudo']
  const apt = (...args) => {
    const [command, ...rest] = [...sudo, 'apt-get', ...args]
    execFileSync(command, rest, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  }
  apt('update', '-qq')
  apt('install', '-y', '-qq', '--no-install-recommends', 'chromium')
}

async function main() {
  if (
    !existsSync(join(root, 'node_modules/.package-lock.json')) &&
    (await run('npm', ['install', '--no-save', '--include=dev', '--no-audit', '--no-fund'])) !== 0
  ) {
    failed += 1
    return
  }
  try {
    installChromium()
  } catch (error) {
    process.stdout.write(`chromium could not be installed: ${error.message}\n`)
    failed += 1
  }
  await step('format and lint', bin('biome'), ['check', '.'])
  await step('types', bin('tsc'), ['--noEmit'])
  const unit = join(reports, 'unit.json')
  await suite(
    'unit',
    bin('vitest'),
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${unit}`],
    unit,
    (report) => ({
      passed: report.numPassedTests,
      failed: report.numFailedTests,
    }),
  )
  await step('promises', bin('tsx'), ['e2e/support/promises.ts'])
  if (!(await step('build', process.execPath, ['server/start.mjs', '--build-only']))) return
  const conformance = join(reports, 'conformance.json')
  const own = ['e2e/support/conformance.ts', '--own', '--report', conformance]
  await suite('conformance', bin('tsx'), own, conformance, (counted) => counted)
  const browser = join(reports, 'e2e.json')
  await suite(
    'end to end',
    bin('playwright'),
    ['test'],
    browser,
    ({ stats }) => ({ passed: stats.expected + stats.flaky, failed: stats.unexpected }),
    { PLAYWRIGHT_JSON_OUTPUT_NAME: browser, CHROMIUM: chromium() ?? '' },
  )
}

await main()
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
