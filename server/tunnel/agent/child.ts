import { type ChildProcess, spawn } from 'node:child_process'
import { createLines } from './lines'
import { TargetError } from './target'

export type ChildSpec = { command: string[]; cwd: string; env: Record<string, string> }

export type ChildEvents = {
  onLine(line: Buffer): void
  /** It wrote a line of more than `lineBytesMax`, which was thrown away. */
  onTooLong(): void
  /** Called once, when the process and its output are gone. */
  onEnd(why: string): void
}

export type Child = {
  readonly pid: number | undefined
  /** The end of what it wrote to stderr. */
  readonly lastWords: string
  /** One line. Throws TargetError when it does not read what it was sent before. */
  send(line: string): void
  /** Stops reading its output, so that it has to wait; or goes on. */
  hold(held: boolean): void
  /** Input closed, then SIGTERM, then SIGKILL, to the whole group. Resolves when it is gone. */
  stop(): Promise<void>
  kill(): void
}

/** A masked message must be whole, and the gateway withholds what is larger. */
export const lineBytesMax = 16 * 1024 * 1024
const unreadBytesMax = 16 * 1024 * 1024
const wordsKept = 2000
const [politeMs, sternMs, lingerMs] = [1000, 3000, 500]

const running = new Set<number>()
// Whatever ends this process, what it started ends too.
process.once('exit', () => {
  for (const pid of running) signalGroup(pid, 'SIGKILL')
})

/** Starts exactly `command`, without a shell, with exactly `env`, in a process group of its own. */
export function startChild({ command, cwd, env }: ChildSpec, events: ChildEvents): Child {
  const [program = '', ...args] = command
  const options = { cwd, env: env as NodeJS.ProcessEnv, detached: true, shell: false }
  const child = spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
  const { pid } = child
  if (pid !== undefined) running.add(pid)
  let ended = false
  let words = Buffer.alloc(0)
  const gone = new Promise<void>((resolve) => {
    onGone(child, (why) => {
      ended = true
      events.onEnd(why)
      resolve()
    })
  })
  child.stdout.on('data', createLines(lineBytesMax, events.onLine, events.onTooLong))
  // Read to the end, or it would wait for us; kept only to explain why it ended.
  child.stderr.on('data', (chunk: Buffer) => {
    words = Buffer.concat([words, chunk.subarray(-wordsKept)]).subarray(-wordsKept)
  })
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {})
  const signal = (name: NodeJS.Signals) => {
    if (pid !== undefined && !ended) signalGroup(pid, name)
  }
  return {
    pid,
    get lastWords() {
      return words.toString('utf8')
    },
    send: (line) => {
      if (child.stdin.writableLength > unreadBytesMax) throw new TargetError('the target does not read its input')
      if (!ended && child.stdin.writable) child.stdin.write(`${line}\n`)
    },
    hold: (held) => void (held ? child.stdout.pause() : child.stdout.resume()),
    stop: async () => {
      child.stdin.end()
      const stern = [setTimeout(signal, politeMs, 'SIGTERM'), setTimeout(signal, sternMs, 'SIGKILL')]
      // Output that is held back would keep it from ending.
      child.stdout.resume()
      await gone
      for (const timer of stern) clearTimeout(timer)
    },
    kill: () => signal('SIGKILL'),
  }
}

/** Once its leader is gone the rest of the group goes too; somebody there may hold the output open. */
function onGone(child: ChildProcess, done: (why: string) => void): void {
  let said = false
  let why = 'it ended'
  const finish = () => {
    if (said) return
    said = true
    if (child.pid !== undefined) running.delete(child.pid)
    done(why)
  }
  child.once('error', (error: NodeJS.ErrnoException) => {
    if (child.pid !== undefined) return
    why = error.code === 'ENOENT' ? 'its program was not found' : 'its program could not be started'
    finish()
  })
  child.once('exit', (code, signal) => {
    why = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
    setTimeout(() => {
      child.stdout?.destroy()
      finish()
    }, lingerMs)
  })
  child.once('close', finish)
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // It is gone already.
  }
}
