// `npm start`: installs what is missing, builds what changed, then becomes the server. Node built-ins only: it runs before
// anything is installed.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const oldestNode = [20, 19]
const buildSettings = ['next.config.ts', 'postcss.config.mjs', 'tsconfig.json', 'package-lock.json']

async function main() {
  checkNode()
  const dev = process.argv.includes('--dev')
  process.env.NODE_ENV = dev ? 'development' : 'production'
  process.env.NEXT_TELEMETRY_DISABLED = '1'
  process.chdir(root)
  await install()
  if (!dev) await build()
  if (process.argv.includes('--build-only')) return
  // In this process, so that signals and the exit code are the server's own.
  process.setSourceMapsEnabled(true)
  if (!dev) return import('../dist/server.mjs')
  await import('../node_modules/tsx/dist/loader.mjs')
  await import('./main.ts')
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return
  fail(`node ${process.versions.node} is too old; install node ${oldestNode.join('.')} or newer`)
}

/** Once per lock file; what somebody installed by hand after it changed counts too. */
async function install() {
  const lock = 'package-lock.json'
  const stamp = 'node_modules/.sallyport-lock'
  const wanted = hash([lock])
  if (read(stamp) === wanted) return
  const installed = 'node_modules/.package-lock.json'
  if (modified(installed) >= modified(lock) && modified(installed) > modified(stamp))
    return writeFileSync(stamp, wanted)
  // As `npm ci`, which refuses a lock file without the packages of other platforms than the one it was made on. The types
  // and tools of development are part of it: npm test works in the same folder.
  const flags = ['--no-save', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  await step('installing', 'npm', ['install', ...flags])
  writeFileSync(stamp, wanted)
}

/** Once per content of the sources. */
async function build() {
  const stamp = '.next/.sallyport-sources'
  const wanted = hash(
    ['app', 'components', 'public', 'server'].flatMap(sources).concat(buildSettings.filter(existsSync)),
  )
  if (read(stamp) === wanted && existsSync('.next/BUILD_ID') && existsSync('dist/server.mjs')) return
  // What a build that fails leaves behind is nobody's.
  rmSync(stamp, { force: true })
  await step('building', process.execPath, ['node_modules/next/dist/bin/next', 'build'])
  await bundle()
  writeFileSync(stamp, wanted)
}

/** The server in one file: it starts faster, and a call costs a tenth less than through the loader of development. */
async function bundle() {
  const esbuild = await import('esbuild')
  await esbuild.build({
    entryPoints: ['server/main.ts'],
    outfile: 'dist/server.mjs',
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    logLevel: 'warning',
  })
}

function sources(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return sources(path)
      return /\.(test|spec)\.tsx?$/.test(entry.name) ? [] : [path]
    })
    .sort()
}

function hash(paths) {
  const sum = createHash('sha256')
  for (const path of paths) sum.update(`${path}\0`).update(createHash('sha256').update(readFileSync(path)).digest())
  return sum.digest('hex')
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** One line with its seconds; what the command said is shown only when it failed. */
async function step(name, command, args) {
  const startedAt = Date.now()
  process.stdout.write(`${name} … `)
  const { code, output } = await run(command, args)
  if (code !== 0) {
    process.stdout.write('failed\n')
    fail(`${output.trim()}\n${name} failed with exit code ${code}`)
  }
  process.stdout.write(`${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`)
}

function run(command, args) {
  return new Promise((done) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    // Ctrl-C reaches the child through the terminal; kill reaches only us.
    const pass = (signal) => child.kill(signal)
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, pass)
    child.once('error', (error) => done({ code: 127, output: error.message }))
    child.once('close', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM']) process.removeListener(name, pass)
      done({ code: code ?? (signal === 'SIGINT' ? 130 : 143), output })
    })
  })
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

await main()
