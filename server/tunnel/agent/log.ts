import type { Hider } from './hider'

type Level = 'info' | 'warn' | 'error'
export type Log = Record<Level, (message: string, fields?: Record<string, unknown>) => void>

/** JSON lines on stdout; the agent's own secrets never stand in one. */
export function createLog(hider: Hider, write: (line: string) => void = (line) => process.stdout.write(line)): Log {
  const at =
    (level: Level) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      write(`${hider.text(JSON.stringify({ level, time: new Date().toISOString(), ...fields, msg: message }))}\n`)
  return { info: at('info'), warn: at('warn'), error: at('error') }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
