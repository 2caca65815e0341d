import type { RequestHead } from './frames'
import type { Mux } from './mux'
import { unavailable } from './stream'

/** HTTP-shaped. Reading the body rejects with code `unavailable` when it breaks off. */
export type Exchange = { status: number; headers: Record<string, string>; body: AsyncIterable<Uint8Array> }

export type HubRequest = {
  method: string
  headers: Record<string, string>
  body: string | null
  /** Opaque; an agent keeps one stdio process for each. */
  session: string
  signal: AbortSignal
  /** Before an administrator attaches it, a target may be tried by one. */
  trial?: boolean
}

const nothing = new Uint8Array()

/** One exchange over a connected agent. Aborting the signal cancels it at the target, before and after its head. */
export async function ask(mux: Mux, target: string, { signal, ...input }: HubRequest): Promise<Exchange> {
  signal.throwIfAborted()
  const stream = mux.stream()
  const cancel = () => stream.reset('cancel', 'the call was cancelled', signal.reason)
  signal.addEventListener('abort', cancel, { once: true })
  stream.onOver = () => signal.removeEventListener('abort', cancel)
  const { method, headers, session } = input
  const body = input.body === null ? nothing : Buffer.from(input.body)
  try {
    const head = await stream.ask({ target, method: method as RequestHead['method'], headers, session }, body)
    return { ...head, body: stream.inbox }
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'bad-frame') throw error
    const refusal = unavailable(`the request cannot be passed to the agent: ${(error as Error).message}`)
    stream.fail(refusal)
    throw refusal
  }
}
