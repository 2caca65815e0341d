import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writePrivate } from './db/postgres-files'
import type { Env } from './env'

/** SALLYPORT_KEY, else what DATA_DIR/key holds, which is made at the first start and readable by us alone. */
export function installationKey({ key, dataDir }: Pick<Env, 'key' | 'dataDir'>): string {
  if (key !== null) return key
  const path = join(dataDir, 'key')
  if (!existsSync(path)) writePrivate(path, `${randomBytes(32).toString('base64')}\n`)
  const found = readFileSync(path, 'utf8').trim()
  if (found.length < 32) throw new Error(`\`${path}\` is not whole; restore it, or set SALLYPORT_KEY to what it held`)
  return found
}
