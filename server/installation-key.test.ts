import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeDir, tempDir } from './db/testing'
import { installationKey } from './installation-key'
import { deriveKeys } from './keys'

let dataDir: string
const path = () => join(dataDir, 'key')
beforeEach(() => {
  dataDir = tempDir()
})
afterEach(() => removeDir(dataDir))

test('without SALLYPORT_KEY one is made at the first start, for us alone, and kept', () => {
  const key = installationKey({ key: null, dataDir })
  deriveKeys(key)
  expect(statSync(path()).mode & 0o777).toBe(0o600)
  expect(installationKey({ key: null, dataDir })).toBe(key)
  rmSync(path())
  expect(installationKey({ key: null, dataDir })).not.toBe(key)
})

test('SALLYPORT_KEY is used as given, and nothing is written', () => {
  expect(installationKey({ key: 'given', dataDir })).toBe('given')
  expect(() => readFileSync(path())).toThrow('ENOENT')
})

test('half a key file is refused: another key would open nothing that was sealed', () => {
  writeFileSync(path(), 'half')
  expect(() => installationKey({ key: null, dataDir })).toThrow('is not whole; restore it')
})
