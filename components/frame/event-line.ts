/** `what`: of what, where that is known. */
export type Heard = { topic: Topic; what?: string } | { line: 'open' | 'broken' }

export const topics = ['reviews', 'grants', 'policy', 'connections', 'agents'] as const
export type Topic = (typeof topics)[number]
const backoffMs = { first: 500, most: 10_000 }

/**
 * Listens for what changed. All tabs of a browser share one line, because a browser opens only six to one host: the tab that holds
 * the lock listens and tells the others. A line that breaks is opened again, with growing pauses.
 */
export function listen(hear: (heard: Heard) => void): () => void {
  const over = new AbortController()
  if (navigator.locks === undefined) {
    openLine(hear, over.signal)
    return () => over.abort()
  }
  const channel = new BroadcastChannel('sallyport-events')
  channel.onmessage = ({ data }: MessageEvent<Heard>) => hear(data)
  const tell = (heard: Heard) => {
    hear(heard)
    if (!over.signal.aborted) channel.postMessage(heard)
  }
  const lead = () =>
    new Promise<void>((done) => {
      openLine(tell, over.signal)
      over.signal.addEventListener('abort', () => done())
    })
  const { locks } = navigator
  const wait = () => locks.request('sallyport-events', { signal: over.signal }, lead)
  // Another tab's line is open already: what is told from now on is heard.
  const first = (lock: Lock | null) => (lock === null ? void hear({ line: 'open' }) : lead())
  locks
    .request('sallyport-events', { ifAvailable: true }, first)
    .then(() => (over.signal.aborted ? undefined : wait()))
    .catch(() => {})
  return () => {
    over.abort()
    channel.close()
  }
}

function openLine(hear: (heard: Heard) => void, over: AbortSignal): void {
  let pauseMs = backoffMs.first
  let timer: ReturnType<typeof setTimeout> | undefined
  let source: EventSource
  const dial = () => {
    source = new EventSource('/api/events')
    source.onopen = () => {
      pauseMs = backoffMs.first
      hear({ line: 'open' })
    }
    for (const topic of topics)
      source.addEventListener(topic, ({ data }: MessageEvent<string>) => hear({ topic, what: JSON.parse(data) }))
    // An EventSource gives up when the answer is an error, as it is while a server starts: dialling is ours.
    source.onerror = () => {
      source.close()
      hear({ line: 'broken' })
      timer = setTimeout(dial, pauseMs)
      pauseMs = Math.min(backoffMs.most, pauseMs * 2)
    }
  }
  dial()
  over.addEventListener('abort', () => {
    clearTimeout(timer)
    source.close()
  })
}
