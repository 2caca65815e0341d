import { execFile } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const packages = ['@bytebase/dbhub@0.21.2', 'pg@8']

/**
 * The path of DBHub's program, installed once beside the project: with the driver for PostgreSQL only, because its drivers for all
 * other databases are five times as large as everything else.
 */
export async function installDbhub(): Promise<string> {
  const folder = resolve(import.meta.dirname, '../../.cache/dbhub-0.21.2')
  const program = join(folder, 'node_modules/@bytebase/dbhub/dist/index.js')
  if (existsSync(program)) return program
  mkdirSync(folder, { recursive: true })
  const flags = ['--no-save', '--omit=optional', '--no-audit', '--no-fund', '--loglevel=error']
  await run('npm', ['install', ...flags, '--prefix', folder, ...packages], { timeout: 120_000 })
  return program
}
