/** `what`: of what, where that is known. A line that is open `whole` tells also what changed since the page was made. */
export type Heard = { topic: Topic; what?: string } | { line: 'open'; whole: boolean } | { line: 'broken' }

export const topics = ['reviews', 'grants', 'policy', 'connections', 'agents'] as const
export type Topic = (typeof topics)[number]
const backoffMs = { first: 500, most: 10_000 }

/**
 * Listens for what changed after `since`, as the page has it. All tabs of a browser share one line, because a browser opens only
 * six to one host: the tab that holds the lock listens and tells the others. A line that breaks is opened again, with growing pauses.
 */
export function listen(since: string, hear: (heard: Heard) => void): () => void {
  const over = new AbortController()
  if (navigator.locks === undefined) {
    openLine(since, hear, over.signal)
    return () => over.abort()
  }
  const channel = new BroadcastChannel('sallyport-events')
  channel.onmessage = ({ data }: MessageEvent<Heard>) => hear(data)
  const tell = (heard: Heard) => {
    hear(heard)
    // Other tabs have pages of their own.
    const theirs: Heard = 'line' in heard && heard.line === 'open' ? { line: 'open', whole: false } : heard
    if (!over.signal.aborted) channel.postMessage(theirs)
  }
  const lead = (since: string | null) =>
    new Promise<void>((done) => {
      openLine(since, tell, over.signal)
      over.signal.addEventListener('abort', () => done())
    })
  const { locks } = navigator
  const wait = () => locks.request('sallyport-events', { signal: over.signal }, () => lead(null))
  // Another tab's line is open already: what is told from now on is heard.
  const first = (lock: Lock | null) => (lock === null ? void hear({ line: 'open', whole: false }) : lead(since))
  locks
    .request('sallyport-events', { ifAvailable: true }, first)
    .then(() => (over.signal.aborted ? undefined : wait()))
    .catch(() => {})
  return () => {
    over.abort()
    channel.close()
  }
}

function openLine(since: string | null, hear: (heard: Heard) => void, over: AbortSignal): void {
  let asked = since
  let pauseMs = backoffMs.first
  let timer: ReturnType<typeof setTimeout> | undefined
  let source: EventSource
  const dial = () => {
    const whole = asked !== null
    source = new EventSource(asked === null ? '/api/events' : `/api/events?since=${asked}`)
    // A line that broke is another matter: then everything is asked for anew.
    asked = null
    source.onopen = () => {
      pauseMs = backoffMs.first
      hear({ line: 'open', whole })
    }
    for (const topic of topics)
      source.addEventListener(topic, ({ data }: MessageEvent<string>) => {
        const what = JSON.parse(data) as string | null
        hear(what === null ? { topic } : { topic, what })
      })
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
