import { maskArguments } from '../masking/arguments'
import { writeEvent, writePriming } from '../mcp/sse'
import { runtime } from '../runtime'
import type { JsonObject } from '../types'
import { type Answer, streamHeaders } from './answer'
import { askClient } from './client-requests'
import { denial, denialMessage } from './denial'
import { eventId } from './event-ids'
import { explain, type Reply } from './forward'
import { fulfilEvent } from './fulfil'
import { keptAlive } from './kept-alive'
import { type Maskers, maskerOfWords } from './maskers'
import { notesOf } from './notes'
import type { Incoming } from './parse'
import { type Closing, close, type Opened } from './record'
import { tellOfTask } from './task-notices'

type Stream = Extract<Reply, { kind: 'stream' }>
type Piece = { text: string; last: boolean }

/** A target that began a stream and says nothing: after so long the caller's begins too, so that its line is kept alive. */
const silentMs = 1000

/**
 * Event by event: mask, record, pass. Notifications leave as they come; the answer leaves when its entry is durable. A stream
 * that soon holds only the answer goes out as one string, which is cheaper than a stream.
 */
export async function stream(reply: Stream, incoming: Incoming, opened: Opened, maskers: Maskers): Promise<Answer> {
  const pieces = passing(reply, incoming, opened, maskers)
  const coming = pieces.next()
  const first = await within(silentMs, coming)
  if (first?.done) return { status: 200, headers: streamHeaders, body: '' }
  if (first?.value.last) {
    await pieces.return()
    return { status: 200, headers: streamHeaders, body: first.value.text }
  }
  return { status: 200, headers: streamHeaders, events: keptAlive(texts(coming, pieces)) }
}

async function within<T>(ms: number, coming: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null)
  })
  try {
    return await Promise.race([coming, late])
  } finally {
    clearTimeout(timer)
  }
}

async function* texts(
  coming: Promise<IteratorResult<Piece, void>>,
  rest: AsyncGenerator<Piece, void>,
): AsyncGenerator<string> {
  try {
    const first = await coming
    if (first.done) return
    yield first.value.text
    for await (const piece of rest) yield piece.text
  } finally {
    await rest.return()
  }
}

async function* passing(
  reply: Stream,
  incoming: Incoming,
  opened: Opened,
  maskers: Maskers,
): AsyncGenerator<Piece, void> {
  const notes = notesOf(incoming, opened)
  let closed = false
  let resumable = false
  const end = async (closing: Closing) => {
    closed = true
    await close(incoming, opened, closing, notes.take())
    runtime().metrics.calls.inc({ outcome: closing.outcome })
  }
  const iterator = reply.events[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { done, value: event } = await iterator.next()
      if (done) break
      const id = eventId(event.id, incoming, opened.entryId)
      resumable ||= id !== null
      const priming = event.data === '' ? writePriming(id, event.retry) : null
      if (priming !== null) yield { text: priming, last: false }
      const read = fulfilEvent(event, incoming, maskers)
      if (read.kind === 'request') {
        const asking = await askClient(read.message, incoming, opened, maskers)
        if (asking !== null) yield { text: asking, last: false }
      }
      if (read.kind === 'task') {
        const told = await tellOfTask(read.message, incoming, opened)
        if (told !== null) yield { text: told, last: false }
      }
      if (read.kind === 'request' || read.kind === 'task' || read.kind === 'dropped') continue
      const { fulfilled } = read
      if (read.kind === 'notification') {
        if ('denial' in fulfilled) continue
        await notes.add(fulfilled.recorded)
        yield { text: writeEvent(fulfilled.text, id, event.retry), last: false }
        continue
      }
      const last = 'denial' in fulfilled ? replaced(incoming, fulfilled) : fulfilled
      await end(last)
      yield { text: writeEvent(last.text, null), last: true }
      return
    }
    // The answer comes on the stream that the caller opens next, see listen.ts; its entry then.
    if (resumable) {
      closed = true
      await notes.flush()
      return
    }
    const cut = replaced(incoming, {
      denial: denial('unreachable', null, 'it ended its answer early'),
      outcome: 'unreachable',
    })
    await end(cut)
    yield { text: writeEvent(cut.text), last: true }
  } catch (error) {
    if (closed) throw error
    const cancelled = (error as { name?: unknown }).name === 'AbortError'
    const why = denial('unreachable', null, explain(error) ?? 'it broke off')
    const cut = replaced(incoming, { denial: why, outcome: cancelled ? 'cancelled' : 'unreachable' })
    await end(cut)
    yield { text: writeEvent(cut.text), last: true }
  } finally {
    notes.stop()
    // The caller left in the middle; what the target still says is for the record alone.
    const rest = closed ? Promise.resolve() : drain(iterator, incoming, maskers, end).catch(() => {})
    void rest.then(() => letGo(iterator, reply.discard))
  }
}

const graceMs = 1000

/** After its answer a target may end the stream by itself, so that the line to it can be used again; else it is ended. */
async function letGo(iterator: AsyncIterator<unknown>, discard: () => void): Promise<void> {
  const timer = setTimeout(discard, graceMs)
  try {
    for (let n = 0; n < saidAfterMax; n += 1) if ((await iterator.next()).done) return
    discard()
    await iterator.next()
  } catch {
    // It was ended, or broke off: nobody waits for it.
  } finally {
    clearTimeout(timer)
  }
}

const saidAfterMax = 100

type Cut = { text: string; recorded: string; masked: number; outcome: Closing['outcome'] }

function replaced(
  incoming: Incoming,
  { denial: why, outcome }: { denial: Parameters<typeof denialMessage>[2]; outcome: Closing['outcome'] },
): Cut {
  const message: JsonObject = denialMessage(incoming.message, incoming.era, why)
  const recorded = JSON.stringify(maskArguments(message, maskerOfWords(incoming.connection)))
  return { text: JSON.stringify(message), recorded, masked: 0, outcome }
}

async function drain(
  iterator: AsyncIterator<Parameters<typeof fulfilEvent>[0]>,
  incoming: Incoming,
  maskers: Maskers,
  end: (closing: Closing) => Promise<void>,
): Promise<void> {
  if (incoming.era === 'modern') {
    await iterator.return?.()
    return end({ outcome: 'cancelled', masked: 0, recorded: '' })
  }
  try {
    for (;;) {
      const { done, value: event } = await iterator.next()
      if (done) break
      const read = fulfilEvent(event, incoming, maskers)
      if (read.kind !== 'answer') continue
      const cut = 'denial' in read.fulfilled ? replaced(incoming, read.fulfilled) : read.fulfilled
      return await end(cut)
    }
    await end({ outcome: 'unknown', masked: 0, recorded: '' })
  } catch {
    await end({ outcome: 'unreachable', masked: 0, recorded: '' })
  }
}
