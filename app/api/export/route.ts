import { exportRecord } from '../../../server/audit/export-record'
import { viewerContext } from '../../../server/auth'
import { json } from '../json'

/** The whole record as JSON lines, for `verify-log`. */
export const GET = json(async () => {
  const lines = exportRecord(await viewerContext())
  const first = await lines.next()
  const encoder = new TextEncoder()
  let waiting = first
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (waiting.done) return controller.close()
      let chunk = ''
      while (!waiting.done && chunk.length < 64_000) {
        chunk += `${JSON.stringify(waiting.value)}\n`
        waiting = await lines.next()
      }
      controller.enqueue(encoder.encode(chunk))
    },
  })
  const headers = {
    'content-type': 'application/x-ndjson',
    'content-disposition': 'attachment; filename="record.jsonl"',
    'cache-control': 'no-store',
  }
  return new Response(stream, { headers })
})
