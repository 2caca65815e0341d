import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

// A clone in miniature: the real start.mjs; an npm, a Next, an esbuild and a loader that only write down that they were called.
let clone: string
const at = (...path: string[]) => join(clone, ...path)

function put(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), text)
}

const nextProgram = `
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
appendFileSync('calls', 'next ' + process.argv.slice(2) + ' ' + process.env.NODE_ENV + '\\n')
console.log('a thousand lines')
if (existsSync('broken')) { console.error('what is wrong'); process.exit(3) }
mkdirSync('.next', { recursive: true })
writeFileSync('.next/BUILD_ID', 'x')`

const esbuildPackage = `
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
export async function build({ entryPoints, outfile }) {
  appendFileSync('calls', 'esbuild ' + entryPoints + '\\n')
  mkdirSync('dist', { recursive: true })
  writeFileSync(outfile, "console.log('serving', process.env.NODE_ENV)\\nprocess.exitCode = 7")
}`

const npmProgram = `#!/bin/sh
echo "npm $1" >> calls
rm -rf node_modules
mkdir -p node_modules/next/dist/bin node_modules/tsx/dist node_modules/esbuild
cp esbuild-package node_modules/esbuild/index.mjs
echo '{"main":"index.mjs"}' > node_modules/esbuild/package.json
cp next-program node_modules/next/dist/bin/next
cp package.json node_modules/.package-lock.json
echo 'import { register } from "node:module"; register("./as-is.mjs", import.meta.url)' > node_modules/tsx/dist/loader.mjs
cp as-is node_modules/tsx/dist/as-is.mjs`

const loader = `export const load = (url, context, next) => next(url, url.endsWith('.ts') ? { ...context, format: 'module' } : context)`

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'sallyport-start-'))
  mkdirSync(at('server'))
  copyFileSync(join(import.meta.dirname, 'start.mjs'), at('server/start.mjs'))
  put('package.json', '{"type":"module"}')
  put('package-lock.json', '{}')
  put('app/page.tsx', 'one')
  put('next-program', nextProgram)
  put('esbuild-package', esbuildPackage)
  put('as-is', loader)
  put('bin/npm', npmProgram)
  put('server/main.ts', `console.log('serving', process.env.NODE_ENV)\nprocess.exitCode = 7`)
  chmodSync(at('bin/npm'), 0o755)
})
afterEach(() => rmSync(clone, { recursive: true, force: true }))

function start(...flags: string[]) {
  const env = { ...process.env, PATH: `${at('bin')}:${process.env.PATH}` }
  const { status, stdout, stderr } = spawnSync(process.execPath, [at('server/start.mjs'), ...flags], {
    // From elsewhere: npm may be told where the project is with --prefix.
    cwd: tmpdir(),
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const calls = () => {
  try {
    return readFileSync(at('calls'), 'utf8').trim().split('\n')
  } catch {
    return []
  } finally {
    rmSync(at('calls'), { force: true })
  }
}
const building = ['next build production', 'esbuild server/main.ts']
const both = ['npm install', ...building]

describe('npm start', () => {
  test('installs, builds and becomes the server, with its exit code, one quiet line a step', () => {
    const { status, stdout } = start()
    expect(calls()).toEqual(both)
    expect(stdout).toMatch(/^installing … \d+\.\d s\nbuilding … \d+\.\d s\nserving production\n$/)
    expect(status).toBe(7)
  })

  test('does neither again when nothing changed', () => {
    start('--build-only')
    calls()
    expect(start('--build-only')).toMatchObject({ status: 0, stdout: '' })
    expect(calls()).toEqual([])
  })

  const changes: [what: string, change: () => void, again: string[]][] = [
    ['a source', () => put('app/page.tsx', 'two'), building],
    ['a new source', () => put('components/ui/button.tsx', 'new'), building],
    ['a source that is gone', () => rmSync(at('app/page.tsx')), building],
    ['a setting', () => put('next.config.ts', 'x'), building],
    ['the lock file', () => put('package-lock.json', '{"a":1}'), both],
    ['node_modules that are gone', () => rmSync(at('node_modules'), { recursive: true }), ['npm install']],
    ['a build that is gone', () => rmSync(at('.next'), { recursive: true }), building],
    ['a bundle that is gone', () => rmSync(at('dist'), { recursive: true }), building],
    ['a test', () => put('server/a.test.ts', 'x'), []],
    ['the time of a source alone', () => utimesSync(at('app/page.tsx'), 1, 1), []],
  ]
  for (const [what, change, again] of changes)
    test(`${again.length === 0 ? 'is not moved by' : `does again what is needed after`} ${what}`, () => {
      start('--build-only')
      calls()
      change()
      expect(start('--build-only').status).toBe(0)
      expect(calls()).toEqual(again)
    })

  test('takes what somebody installed by hand', () => {
    execFileSync(at('bin/npm'), ['install'], { cwd: clone })
    calls()
    start('--build-only')
    expect(calls()).toEqual(building)
  })

  test('says why a step failed, keeps nothing of it, and tries it again', () => {
    start('--build-only')
    put('app/page.tsx', 'two')
    put('broken', '')
    const { status, stdout, stderr } = start()
    expect(status).toBe(1)
    expect(stdout).not.toContain('serving')
    expect(stderr).toContain('what is wrong')
    expect(stderr).toContain('building failed with exit code 3')
    rmSync(at('broken'))
    put('app/page.tsx', 'one')
    calls()
    start('--build-only')
    expect(calls()).toEqual(building)
  })

  test('in development builds nothing ahead', () => {
    expect(start('--dev').stdout).toContain('serving development')
    expect(calls()).toEqual(['npm install'])
  })
})
