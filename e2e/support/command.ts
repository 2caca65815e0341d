import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export type Ran = { code: number | null; stdout: string; stderr: string }

/** What `npm run -s SCRIPT -- ARGS` runs, without npm, which costs as much as all else. */
export function npmRun(script: string, args: string[] = [], env: Record<string, string> = {}): Promise<Ran> {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const file = /^tsx (\S+)$/.exec(scripts[script] ?? '')?.[1]
  if (file === undefined) throw new Error(`package.json has no script \`${script}\` of the form tsx FILE`)
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => (stdout += String(chunk)))
    child.stderr.on('data', (chunk) => (stderr += String(chunk)))
    child.once('error', fail)
    child.once('close', (code) => done({ code, stdout, stderr }))
  })
}
