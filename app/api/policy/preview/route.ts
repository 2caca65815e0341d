import { viewerContext } from '../../../../server/auth'
import { codeOf } from '../../../../server/errors'
import { previewDraft } from '../../../../server/roles/preview-draft'
import type { PreviewEvent } from '../../../../server/roles/schemas'
import { runtime } from '../../../../server/runtime'
import { json } from '../../json'
import { documentBytesMax } from '../limits'

/** What a draft would have changed, as NDJSON: progress, then the result. Ending the request ends the work. */
export const POST = json(
  async (request) => {
    const ctx = await viewerContext()
    const input = await request.json()
    const ended = new AbortController()
    const { signal } = ended
    request.signal.addEventListener('abort', () => ended.abort(), { once: true })
    if (request.signal.aborted) ended.abort()
    const encoder = new TextEncoder()
    const stream = new ReadableStream<Uint8Array>({
      start: async (controller) => {
        const send = (event: PreviewEvent) => {
          if (!signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`))
        }
        try {
          const progress = (done: number, total: number) => send({ type: 'progress', done, total })
          const inForce = runtime().policy.current()
          send({ type: 'result', ...(await previewDraft(ctx, input, inForce, { signal, progress })) })
        } catch (error) {
          if (!signal.aborted) send({ type: 'error', message: messageOf(error) })
        }
        if (!signal.aborted) controller.close()
      },
      cancel: () => ended.abort(),
    })
    const headers = { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
    return new Response(stream, { headers })
  },
  { bytesMax: documentBytesMax },
)

function messageOf(error: unknown): string {
  if (codeOf(error) !== null) return (error as Error).message
  runtime().log.error({ err: error }, 'a preview failed')
  return 'this did not work; the reason is in the log of the server'
}
