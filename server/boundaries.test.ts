import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const pure = ['policy', 'masking', 'mcp']
const nouns = ['connections', 'roles', 'reviews', 'grants', 'sessions', 'agents', 'audit', 'notices']
const linesMax = 250

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

const isTest = (path: string) => /\.(test|spec)\.tsx?$/.test(path) || path.endsWith('testing.ts')

/** Import specifiers of a file; relative ones as paths from the root. */
function importsOf(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8')
  const found = [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^'"\n]*(?:\n[^'"]*?)?from\s+'([^']+)'/g),
    ...text.matchAll(/import\(\s*'([^']+)'\s*\)/g),
  ]
  return found.map(([, name = '']) =>
    name.startsWith('.') ? relative(root, resolve(root, dirname(path), name)) : name,
  )
}

const all = ['server', 'app', 'components'].flatMap(sources).filter((path) => !isTest(path))
const folderOf = (path: string) => path.split(sep)[1] ?? ''
const inServer = (path: string) => path.startsWith(`server${sep}`)

/** Every import that breaks `rule`, as `file -> import`. */
const broken = (files: string[], rule: (file: string, name: string) => boolean) =>
  files.flatMap((file) =>
    importsOf(file)
      .filter((name) => !rule(file, name))
      .map((name) => `${file} -> ${name}`),
  )

const server = all.filter(inServer)
const isCli = (path: string) => path.includes(`${sep}cli${sep}`)

describe('import rules', () => {
  test('types.ts imports nothing', () => expect(importsOf('server/types.ts')).toEqual([]))

  test('policy, masking and mcp import only types, themselves and libraries without I/O', () => {
    const files = server.filter((path) => pure.includes(folderOf(path)) && !isCli(path))
    const effects = /^node:(fs|net|http|https|child_process|dns|tls|worker_threads|timers)|^pg$|^undici$|^drizzle/
    const allowed = (file: string, name: string) =>
      inServer(name) ? name === 'server/types' || folderOf(name) === folderOf(file) : !effects.test(name)
    expect(broken(files, allowed)).toEqual([])
  })

  test('policy, masking and mcp read no clock', () => {
    const clocks = server
      .filter((path) => pure.includes(folderOf(path)) && !isCli(path))
      .filter((path) =>
        /Date\.now\(|new Date\(\)|performance\.now|Math\.random/.test(readFileSync(join(root, path), 'utf8')),
      )
    expect(clocks).toEqual([])
  })

  test('nothing waits with `AbortSignal.any`, which Node 20 may sweep before it aborts', () => {
    expect(all.filter((path) => readFileSync(join(root, path), 'utf8').includes('AbortSignal.any('))).toEqual([])
  })

  test('a noun never imports another noun, but audit', () => {
    const files = server.filter((path) => nouns.includes(folderOf(path)) && !isCli(path))
    const allowed = (file: string, name: string) =>
      !inServer(name) ||
      !nouns.includes(folderOf(name)) ||
      folderOf(name) === folderOf(file) ||
      folderOf(name) === 'audit'
    expect(broken(files, allowed)).toEqual([])
  })

  test('nothing imports the gateway but its two doors', () => {
    const doors = ['server/main.ts', 'server/http.ts', join('app', 'mcp', '[connection]', 'route.ts')]
    const files = all.filter((path) => folderOf(path) !== 'gateway' && !doors.includes(path))
    expect(broken(files, (_, name) => !name.startsWith('server/gateway'))).toEqual([])
  })

  test('only auth.ts and main.ts know Next', () => {
    const files = server.filter((path) => !['server/auth.ts', 'server/main.ts'].includes(path))
    expect(broken(files, (_, name) => name !== 'next' && !name.startsWith('next/'))).toEqual([])
  })

  test('links are ours: those of Next read every page in sight ahead', () => {
    const files = all.filter((path) => path !== join('components', 'ui', 'link.tsx'))
    expect(broken(files, (_, name) => name !== 'next/link')).toEqual([])
  })

  test('components import only types and schemas from the server', () => {
    const files = all.filter((path) => path.startsWith(`components${sep}`))
    const allowed = (_: string, name: string) => !inServer(name) || name === 'server/types' || name.endsWith('/schemas')
    expect(broken(files, allowed)).toEqual([])
  })

  test('components take only types from schemas: zod tries to evaluate code, which a page must not', () => {
    const values = all
      .filter((path) => path.startsWith(`components${sep}`))
      .filter((path) =>
        [...readFileSync(join(root, path), 'utf8').matchAll(/import \{([^}]*)\} from '(?:zod|[^']*\/schemas)'/g)].some(
          ([, names = '']) => names.split(',').some((name) => /^\s*(?!type\b)\w/.test(name)),
        ),
      )
    expect(values).toEqual([])
  })

  test('there are no barrels, utils, helpers or managers', () => {
    const names = all.filter((path) => inServer(path) || path.startsWith(`components${sep}`))
    expect(names.filter((path) => /(^|\/)(index|utils|helpers|.*manager)\.tsx?$/i.test(path))).toEqual([])
  })

  test(`no file is longer than ${linesMax} lines`, () => {
    const long = all.filter((path) => readFileSync(join(root, path), 'utf8').split('\n').length > linesMax + 1)
    expect(long).toEqual([])
  })
})

test('the repository names no registry host and no machine path', () => {
  // What is forbidden is written in two halves, so that this file does not name it.
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  expect(lock).not.toMatch(new RegExp(`"${'resolved'}":`))
  const texts = [...all, 'package.json', 'README.md'].filter((path) => statSync(join(root, path)).isFile())
  const forbidden = new RegExp(`/${'work'}/|/${'root'}/|registry\\.${'npmjs'}`)
  expect(texts.filter((path) => forbidden.test(readFileSync(join(root, path), 'utf8')))).toEqual([])
})
