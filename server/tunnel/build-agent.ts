import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../root'

/** Bundles a program into one file that needs Node 20 and nothing else. `entry` is a path in the repository. */
export async function buildProgram(entry: string, outfile: string): Promise<string> {
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifySyntax: true,
    banner: { js: '#!/usr/bin/env node' },
    // Optional and native; ws and pg do without.
    external: ['bufferutil', 'utf-8-validate', 'pg-native', 'pg-cloudflare'],
    logLevel: 'warning',
  })
  return outfile
}

/** The agent that is handed out. */
export const buildAgent = (outfile = join(root, 'dist/agent.cjs')): Promise<string> =>
  buildProgram('server/tunnel/agent.ts', outfile)
