import { join } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '../..')

/** Bundles the agent into one file that needs Node 20 and nothing else. */
export async function buildAgent(outfile = join(root, 'dist/agent.cjs')): Promise<string> {
  await build({
    entryPoints: [join(import.meta.dirname, 'agent.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifySyntax: true,
    banner: { js: '#!/usr/bin/env node' },
    // Optional and native; ws does without.
    external: ['bufferutil', 'utf-8-validate'],
    logLevel: 'warning',
  })
  return outfile
}

if (process.argv[1] === import.meta.filename) process.stdout.write(`${await buildAgent(process.argv[2])}\n`)
