import { fork } from 'node:child_process'
import { builtProgram } from '../../program.testing'
import type { Hello } from './instance-program.testing'

/** One instance in a process of its own: everything but the pages. The verbs behind the buttons are at `/do/<verb>`. */
export type Instance = { url: string; id: string; kill(): Promise<void>; stop(): Promise<void> }

let program: Promise<string> | undefined

/** `HOLD_MS` in `env` is how long a call waits for people, for tests that cannot wait for the second that one may set. */
export async function startInstance(env: NodeJS.ProcessEnv): Promise<Instance> {
  program ??= builtProgram('server/gateway/chaos/instance-program.testing.ts')
  const child = fork(await program, [], {
    execArgv: ['--expose-gc'],
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.on('data', (chunk) => (said += String(chunk)))
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  const { port, id } = await new Promise<Hello>((done, fail) => {
    child.once('message', (hello) => done(hello as Hello))
    child.once('exit', () => fail(new Error(`an instance did not start: ${said}`)))
  })
  const end = (signal: NodeJS.Signals) => async () => {
    child.kill(signal)
    await gone
  }
  return { url: `http://127.0.0.1:${port}`, id, kill: end('SIGKILL'), stop: end('SIGTERM') }
}
