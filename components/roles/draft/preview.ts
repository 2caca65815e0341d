import type { PreviewEvent, PreviewResult } from '../../../server/roles/schemas'
import type { PolicyDocument } from '../../../server/types'
import { changing } from '../../api'

type Options = { signal: AbortSignal; onProgress(done: number, total: number): void }

/** What a draft would have changed in recorded calls. Aborting ends the work on the server too. */
export async function previewDraft(
  input: { document: PolicyDocument; days: number },
  { signal, onProgress }: Options,
): Promise<PreviewResult> {
  const response = await changing(['POST', '/api/policy/preview', input], signal)
  if (response.body === null) throw new Error('Sallyport answered with nothing; try again')
  for await (const line of linesOf(response.body)) {
    const event = JSON.parse(line) as PreviewEvent
    if (event.type === 'error') throw new Error(event.message)
    if (event.type === 'result') return event
    onProgress(event.done, event.total)
  }
  throw new Error('the answer ended too early; try again')
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  const reader = body.getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    rest += done ? decoder.decode() : decoder.decode(value, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() as string
    yield* lines.filter((line) => line !== '')
    if (done) break
  }
  if (rest !== '') yield rest
}
