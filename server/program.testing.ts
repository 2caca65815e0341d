import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from './root'

/** A program of `server/`, built once for a test that starts it many times: through the loader each start costs a second more. */
export async function builtProgram(entry: string): Promise<string> {
  mkdirSync(join(root, '.cache'), { recursive: true })
  // One below the project, where its packages are found.
  const outfile = join(root, '.cache', `${randomUUID()}.mjs`)
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  })
  return outfile
}
