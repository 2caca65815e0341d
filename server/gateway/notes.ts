import { runtime } from '../runtime'
import type { Incoming } from './parse'
import { note, type Opened } from './record'

const flushMs = 1000

// More than one entry holds. Who says more waits until it is recorded, so that it cannot fill the memory.
const sizeMax = 16 * 1024

/** Notifications of one stream on their way into the record: with its end, or within a second. */
export type Notes = {
  add(text: string): Promise<void> | undefined
  take(): string[]
  flush(): Promise<void>
  stop(): void
}

export function notesOf(incoming: Incoming, opened: Opened): Notes {
  let waiting: string[] = []
  let size = 0
  let timer: NodeJS.Timeout | null = null
  const stop = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }
  const take = () => {
    stop()
    const taken = waiting
    waiting = []
    size = 0
    return taken
  }
  const flush = async () => {
    const texts = take()
    if (texts.length === 0) return
    await note(incoming, opened, 'notification', `{"notifications":[${texts.join(',')}]}`).catch((error: unknown) =>
      runtime().log.error({ err: error, entry: opened.entryId }, 'notifications could not be recorded'),
    )
  }
  return {
    add: (text) => {
      waiting.push(text)
      size += text.length
      if (size > sizeMax) return flush()
      timer ??= setTimeout(() => void flush(), flushMs)
    },
    take,
    flush,
    stop,
  }
}
