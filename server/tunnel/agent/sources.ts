import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Source } from './config'
import type { Hider } from './hider'

const run = promisify(execFile)
const commandWithinMs = 10_000

/** Reads values for a target, and hides those that are secrets from then on. */
export type Reader = { read(sources: Record<string, Source>, plainIsSecret: boolean): Promise<Record<string, string>> }

/** Files and commands are found from the folder of agent.yaml. */
export function createReader(configPath: string, hider: Hider): Reader {
  const folder = dirname(resolve(configPath))
  return {
    read: async (sources, plainIsSecret) => {
      const entries = Object.entries(sources).map(async ([name, source]) => {
        const value = await readSource(source, folder)
        const whole = typeof source === 'string' ? value : source.prefix + value
        if (typeof source !== 'string') hider.add(value)
        if (plainIsSecret) hider.add(whole)
        hider.addPasswordOf(whole)
        return [name, whole] as const
      })
      return Object.fromEntries(await Promise.all(entries))
    },
  }
}

/** Throws an Error that names the source, never its value. */
async function readSource(source: Source, folder: string): Promise<string> {
  if (typeof source === 'string') return source
  if ('env' in source) return fromEnvironment(source.env)
  if ('file' in source) return (await readFile(resolve(folder, source.file), 'utf8')).trim()
  const [program = '', ...args] = source.command
  try {
    return (await run(program, args, { cwd: folder, timeout: commandWithinMs, maxBuffer: 100_000 })).stdout.trim()
  } catch {
    // The error of a command quotes its output.
    throw new Error(`the command \`${program}\` for a credential failed`)
  }
}

function fromEnvironment(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`the variable \`${name}\` for a credential is not set`)
  return value
}
