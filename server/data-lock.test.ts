import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lockDataDir } from './data-lock'

let dir: string
const path = () => join(dir, 'lock')

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sallyport-lock-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('one Sallyport on a data folder', () => {
  test('a living one is refused, with its pid', () => {
    const release = lockDataDir(dir)
    expect(() => lockDataDir(dir)).toThrow(`pid ${process.pid}`)
    release()
    expect(existsSync(path())).toBe(false)
    lockDataDir(dir)()
  })

  test('the folder is made when it is missing', () => {
    lockDataDir(join(dir, 'a/b'))()
    expect(existsSync(join(dir, 'a/b'))).toBe(true)
  })

  test('what a killed process left is taken over', async () => {
    const child = spawn('sleep', ['60'])
    const left = { ...JSON.parse(lockedBy()), pid: child.pid, process: null }
    writeFileSync(path(), JSON.stringify(left))
    expect(() => lockDataDir(dir)).toThrow(`pid ${child.pid}`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    lockDataDir(dir)()
  })

  const leftovers: [what: string, text: () => string][] = [
    ['a pid that another process uses now', () => JSON.stringify({ ...JSON.parse(lockedBy()), process: 'before' })],
    ['half a file', () => '{"pid":'],
    ['an empty file', () => ''],
  ]
  for (const [what, text] of leftovers)
    test(`${what} holds nobody off`, () => {
      writeFileSync(path(), text())
      const release = lockDataDir(dir)
      expect(JSON.parse(readFileSync(path(), 'utf8')).pid).toBe(process.pid)
      release()
    })

  test('giving back does not remove the lock of a later one', () => {
    const release = lockDataDir(dir)
    rmSync(path())
    const later = lockDataDir(dir)
    release()
    expect(existsSync(path())).toBe(true)
    later()
  })
})

/** What this process would write. */
function lockedBy(): string {
  const release = lockDataDir(dir)
  const text = readFileSync(path(), 'utf8')
  release()
  return text
}
