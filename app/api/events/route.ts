import { viewerContext } from '../../../server/auth'
import type { Topic } from '../../../server/db/notify'
import { runtime } from '../../../server/runtime'
import { json } from '../json'

export const dynamic = 'force-dynamic'

const topics: Topic[] = ['reviews', 'grants', 'policy', 'connections', 'agents']
const keepAliveMs = 20_000

/** Server-sent events for the console: which topic changed, never what. Pages then ask for what their viewer may see. */
export const GET = json(async (request) => {
  await viewerContext()
  const { bell } = runtime()
  const encoder = new TextEncoder()
  let stop = () => {}
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => {
        try {
          controller.enqueue(encoder.encode(text))
        } catch {
          stop()
        }
      }
      // The empty payload means "something may have been missed"; an open page polls slowly by itself.
      const offs = topics.map((topic) =>
        bell.on(topic, (payload) => payload !== '' && send(`event: ${topic}\ndata: ${JSON.stringify(payload)}\n\n`)),
      )
      const timer = setInterval(() => send(': keep-alive\n\n'), keepAliveMs)
      send('retry: 1000\n\n')
      stop = () => {
        clearInterval(timer)
        for (const off of offs) off()
      }
      // The page went away; the stream may be cancelled already, and a second close would throw.
      request.signal.addEventListener('abort', () => stop(), { once: true })
    },
    cancel: () => stop(),
  })
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
  })
})
