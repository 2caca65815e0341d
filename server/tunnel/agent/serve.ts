import { readWhole } from '../../read-whole'
import type { Opening } from '../mux'
import type { Answering } from '../stream'
import type { Hider } from './hider'
import { type Log, messageOf } from './log'
import type { Target, TargetReply } from './target'

const bodyBytesMax = 8 * 1024 * 1024

/** Answers what the gateway asks of `target`; the agent's own secrets are hidden in all that leaves. */
export async function serve(
  { head, stream }: Opening,
  target: Target | undefined,
  { hider, log }: { hider: Hider; log: Log },
): Promise<void> {
  try {
    if (target === undefined) return stream.reset('refused', 'the agent has no such target')
    const body = await readWhole(stream.inbox, bodyBytesMax)
    if (body === null) return stream.reset('refused', `the request is larger than ${bodyBytesMax} bytes`)
    const { method, headers, session } = head
    await send(stream, await target.handle({ method, headers, session, body, signal: stream.gone }), hider)
  } catch (error) {
    const isTargets = (error as { code?: unknown }).code === 'target'
    if (!isTargets && !stream.gone.aborted)
      log.error('a request could not be served', { target: head.target, error: messageOf(error) })
    stream.reset('failed', isTargets ? hider.text(messageOf(error)) : 'the agent could not serve this')
  }
}

async function send(stream: Answering, { status, headers, body }: TargetReply, hider: Hider): Promise<void> {
  const shown = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, hider.text(value)]))
  stream.respond({ status, headers: shown }, body === null)
  if (body === null) return
  if (body instanceof Uint8Array) return stream.outbox.write(hider.bytes(body), true)
  for await (const chunk of hider.stream(body)) await stream.outbox.write(chunk)
  await stream.outbox.write(new Uint8Array(), true)
}
