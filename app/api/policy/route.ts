import { viewerContext } from '../../../server/auth'
import { codeOf, type Refusal } from '../../../server/errors'
import { printPolicy } from '../../../server/policy/print'
import { getPolicy } from '../../../server/roles/get-policy'
import { publishPolicy } from '../../../server/roles/publish'
import { runtime } from '../../../server/runtime'
import { json } from '../json'
import { documentBytesMax } from './limits'
import { readPut } from './read-put'

/** The policy in force, as JSON or, when asked for (`accept: application/yaml`), as the file that `PUT` takes. */
export const GET = json(async (request) => {
  const { number, document } = await getPolicy(await viewerContext())
  const headers = { etag: `"${number}"`, 'cache-control': 'no-store', vary: 'accept' }
  if (!/\byaml\b/i.test(request.headers.get('accept') ?? '')) return Response.json({ number, document }, { headers })
  return new Response(printPolicy(document), { headers: { ...headers, 'content-type': 'application/yaml' } })
})

/** Publishes; `changed` is false when the version in force says the same. With `If-Match` or `basedOn` only on that version: a later one is a conflict, and told with what it changed. */
export const PUT = json(
  async (request) => {
    const ctx = await viewerContext()
    const { publish, isConditional } = await readPut(request)
    try {
      const { number, hash, changed } = await publishPolicy(ctx, publish)
      await runtime().policy.refresh()
      return Response.json({ number, hash, changed }, { headers: { etag: `"${number}"`, 'cache-control': 'no-store' } })
    } catch (error) {
      if (codeOf(error) !== 'conflict' || !isConditional) throw error
      const { message, field, details } = error as Refusal
      // RFC 9110 section 13.1.1.
      return Response.json({ error: { code: 'conflict', message, field, details } }, { status: 412 })
    }
  },
  { bytesMax: documentBytesMax, types: /^application\/(?:json|(?:x-)?yaml)\b/i },
)
