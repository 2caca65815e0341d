import { Refusal } from '../../../server/errors'
import { parseStrict } from '../../../server/mcp/strict-json'
import { parsePolicy } from '../../../server/policy/document'
import { Publish } from '../../../server/roles/schemas'

// Reading YAML costs some microseconds a character, on the thread that serves calls.
const yamlCharsMax = 500_000

/**
 * What a `PUT` publishes: `{ document, message, basedOn }`, or the document itself as JSON or YAML with `?message=`.
 * `If-Match: "N"` is another way to say `basedOn`.
 */
export async function readPut(request: Request): Promise<{ publish: Publish; isConditional: boolean }> {
  const text = await request.text()
  const match = request.headers.get('if-match')
  const isConditional = match !== null && match !== '*'
  const { basedOn = null, ...envelope } = envelopeOf(request, text)
  refuseNothing(envelope.document)
  return { publish: Publish.parse({ ...envelope, basedOn: isConditional ? numberOf(match) : basedOn }), isConditional }
}

function envelopeOf(request: Request, text: string): Record<string, unknown> {
  const message = new URL(request.url).searchParams.get('message') ?? 'Published through the API'
  if (!/yaml/i.test(request.headers.get('content-type') ?? '')) {
    const read = parseStrict(text)
    if (!read.ok) throw new Refusal('invalid', read.problem)
    const body = read.value as Record<string, unknown>
    return 'document' in body ? body : { document: body, message }
  }
  if (text.length > yamlCharsMax)
    throw new Refusal(
      'invalid',
      `YAML of more than ${yamlCharsMax} characters is read slowly; send the document as JSON`,
    )
  const read = parsePolicy(text)
  if (read.ok) return { document: /\b(?:roles|masks)\b/.test(text) ? read.document : {}, message }
  const problems = read.problems.map((problem) => `line ${problem.line}, column ${problem.column}: ${problem.message}`)
  throw new Refusal('invalid', problems.join('\n'), 'document', { problems: read.problems })
}

/** A body that says nothing of the policy (a file of something else, say) must not take all of it away. */
function refuseNothing(document: unknown): void {
  if (typeof document !== 'object' || document === null || 'roles' in document || 'masks' in document) return
  throw new Refusal(
    'invalid',
    'the document has neither `roles` nor `masks`; to allow nothing, send `roles: []`',
    'document',
  )
}

function numberOf(match: string): number {
  const found = /^(?:W\/)?"(\d{1,9})"$/.exec(match.trim())
  if (found === null) throw new Refusal('invalid', 'If-Match takes one version, as in `"12"`', 'if-match')
  return Number(found[1])
}
