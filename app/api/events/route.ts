import { currentViewer, viewerContext } from '../../../server/auth'
import type { Topic } from '../../../server/db/notify'
import { codeOf, Refusal } from '../../../server/errors'
import { Places, tooMany } from '../../../server/places'
import { runtime } from '../../../server/runtime'
import { json } from '../json'

export const dynamic = 'force-dynamic'

const topics: Topic[] = ['reviews', 'grants', 'policy', 'connections', 'agents']
const keepAliveMs = 20_000
const places = new Places()

/**
 * Server-sent events for the console: which topic changed, and the id of what changed, never how. Pages then ask for what their
 * viewer may see. What changed after the page in `since` was made comes first. It ends with the sign-in.
 */
export const GET = json(async (request) => {
  const { viewer } = await viewerContext()
  const leave = places.take(viewer.id)
  if (leave === null) throw new Refusal('too-many', tooMany())
  const { bell } = runtime()
  const encoder = new TextEncoder()
  let stop = leave
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
      let asking = false
      const timer = setInterval(async () => {
        if (asking) return
        asking = true
        const stays = await isSignedIn()
        asking = false
        if (stays) return send(': keep-alive\n\n')
        stop()
        // Whoever left meanwhile has closed it.
        if (!request.signal.aborted) controller.close()
      }, keepAliveMs)
      send('retry: 1000\n\n')
      for (const topic of missedSince(request)) send(`event: ${topic}\ndata: null\n\n`)
      stop = () => {
        clearInterval(timer)
        for (const off of offs) off()
        leave()
      }
      // The page went away; the stream may be cancelled already, and a second close would throw.
      if (request.signal.aborted) stop()
      else request.signal.addEventListener('abort', () => stop(), { once: true })
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

/** Another instance counts for itself. */
function missedSince(request: Request): Topic[] {
  const { bell, instanceId } = runtime()
  const since = new URL(request.url).searchParams.get('since')
  if (since === null) return []
  const [instance, count] = since.split('.')
  return instance === instanceId ? topics.filter((topic) => bell.since(Number(count)).includes(topic)) : topics
}

/** While the database does not answer, nothing is known against it, and nothing is told either. */
async function isSignedIn(): Promise<boolean> {
  try {
    return (await currentViewer()) !== null
  } catch (error) {
    return codeOf(error) !== 'unauthenticated'
  }
}
