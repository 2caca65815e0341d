import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from './root'

const dayMs = 86_400_000
// One below the project, where its packages are found.
const folder = join(root, '.cache')

/**
 * A program of `server/` as one file, for a test that starts it: through the loader each start costs a second more.
 * Named by what is in it, so that all test files of a run share it; others are removed after a day.
 */
export async function builtProgram(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, entry)],
    write: false,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  })
  const text = outputFiles[0]?.contents ?? new Uint8Array()
  const built = join(folder, `${createHash('sha256').update(text).digest('hex').slice(0, 32)}.mjs`)
  if (existsSync(built)) return built
  mkdirSync(folder, { recursive: true })
  removeOld()
  const draft = `${built}.${process.pid}`
  writeFileSync(draft, text)
  renameSync(draft, built)
  return built
}

function removeOld(): void {
  for (const name of readdirSync(folder).filter((one) => one.includes('.mjs'))) {
    const path = join(folder, name)
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() }
    if (Date.now() - mtimeMs > dayMs) rmSync(path, { force: true })
  }
}
