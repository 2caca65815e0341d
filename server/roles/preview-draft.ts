import { inArray } from 'drizzle-orm'
import { type Context, type Database, requireAdmin } from '../context'
import { policyVersions } from '../db/schema'
import { Refusal } from '../errors'
import { type CompiledPolicy, compile } from '../policy/compile'
import { checkDocument } from '../policy/document'
import { masksOf } from '../policy/print'
import type { Mask } from '../types'
import { PreviewTally } from './preview-tally'
import { countRecorded, eachRecorded } from './recorded-calls'
import { Preview, type PreviewResult } from './schemas'

const dayMs = 24 * 3600_000
const none: ReadonlyMap<string, Mask> = new Map()

/**
 * What a draft would have changed: the recorded calls of the last days decided again under it, and under the policy `inForce`
 * where that could differ. `progress` is told now and then; `signal` ends it. Throws a Refusal when the draft has errors of form.
 */
export async function previewDraft(
  ctx: Context,
  input: Preview,
  inForce: CompiledPolicy,
  { signal, progress }: { signal: AbortSignal; progress(done: number, total: number): void },
): Promise<PreviewResult> {
  requireAdmin(ctx)
  const startedAt = performance.now()
  const { document, days } = Preview.parse(input)
  const read = checkDocument(document)
  if (!read.ok) throw new Refusal('invalid', 'the draft has errors; mend them first', 'document')
  const to = new Date()
  const window = { from: new Date(+to - days * dayMs), to }
  const total = await countRecorded(ctx.db, window)
  const versions = new Map<number, ReadonlyMap<string, Mask>>()
  const tally = new PreviewTally(compile(0, read.document), inForce, (version) => versions.get(version) ?? none)
  let done = 0
  progress(done, total)
  await eachRecorded(ctx.db, window, signal, async (page) => {
    await readMasks(
      ctx.db,
      [...new Set(page.map((call) => call.version))].filter((version) => !versions.has(version)),
      versions,
    )
    for (const call of page) tally.take(call)
    done += page.length
    progress(done, total)
  })
  const tookMs = Math.round(performance.now() - startedAt)
  const { version } = inForce
  return { from: window.from.toISOString(), to: to.toISOString(), inForce: version, ...tally.end(), tookMs }
}

async function readMasks(db: Database, numbers: number[], into: Map<number, ReadonlyMap<string, Mask>>): Promise<void> {
  if (numbers.length === 0) return
  const { number, document } = policyVersions
  for (const version of numbers) into.set(version, none)
  for (const row of await db.select({ number, document }).from(policyVersions).where(inArray(number, numbers)))
    into.set(row.number, new Map(masksOf(row.document).map((mask) => [mask.id, mask])))
}
