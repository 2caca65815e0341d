import type { Json, JsonObject } from '../types'
import { clean } from './clean'
import { parseReply, printReply } from './exact'
import { look } from './look'
import { compileMasks, type Masker, type MaskOptions } from './masker'
import { compileNeedles } from './needles'
import { satisfy } from './schema'
import { inBase64 } from './short-encoded'
import { merge, type Span } from './spans'
import { sqlStateOnly } from './sql-state'
import { walk } from './walk'
import { begin, type Chip, type Work } from './work'

export { type Chip, clean, compileMasks, type Masker, type MaskOptions, parseReply, printReply }

export type Fulfilled = { message: JsonObject; masked: number; chips: Chip[] } | { failed: string }

/**
 * Masks one JSON-RPC message on its way to the caller: a result, an error, a notification or a request of the target.
 * Pure; the input is not changed, and what needs no masking is shared with it. What cannot be masked is `failed`.
 *
 * Types stay: a hidden text is a text, a number 0 (or, with `hash`, a whole number), a boolean false. Only the style
 * `null` gives null, where the output schema, if one is given, allows it.
 */
export function fulfil(message: JsonObject, masker: Masker): Fulfilled {
  const work = begin(masker)
  try {
    const asked = masker.options.sqlStateOnly ? sqlStateOnly(message) : message
    const masked = everywhere(quiet(asked, masker), work)
    return { message: fitting(masked, message, masker), masked: work.masked, chips: shownChips(work) }
  } catch (error) {
    return {
      failed: isTooMuch(error)
        ? 'it is too large, too deep or too full of what must be hidden to be masked'
        : 'it could not be masked',
    }
  }
}

const isTooMuch = (error: unknown): boolean =>
  error instanceof RangeError || (error as { code?: unknown } | null)?.code === 'too-much'

/** Twice: what one carrier hides, all carriers hide. */
function everywhere(message: JsonObject, work: Work): JsonObject {
  const first = walk(message, 'message', null, work) as JsonObject
  work.needles = compileNeedles([...work.hidden, ...inBase64(work.hidden)], work.budget)
  work.keys.clear()
  return work.needles === null ? first : (walk(first, 'message', null, work) as JsonObject)
}

/** Paths are made of keys, and one carrier's key can be what another hides. */
function shownChips({ chips, needles }: Work): Chip[] {
  if (needles === null || chips.length === 0) return chips
  return chips.map(({ path, mask }) => {
    const spans: Span[] = []
    needles.find(path, look(path), spans, true)
    return spans.length === 0 ? { path, mask } : { path: replaced(path, merge(spans)), mask }
  })
}

const replaced = (text: string, spans: Span[]): string =>
  spans.reduceRight((so, { start, end }) => `${so.slice(0, start)}[masked]${so.slice(end)}`, text)

/** A secret split over two notifications cannot be found, so what they say in words is dropped where masks apply. */
function quiet(message: JsonObject, masker: Masker): JsonObject {
  const { method, params } = message
  if (!masker.hasMasks || masker.options.passNotifications || !isObject(params)) return message
  if (method === 'notifications/progress' && 'message' in params) {
    const { message: _, ...rest } = params
    return { ...message, params: rest }
  }
  const speaks = method === 'notifications/message' && 'data' in params
  return speaks ? { ...message, params: { ...params, data: '[masked]' } } : message
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function fitting(masked: JsonObject, original: JsonObject, { options }: Masker): JsonObject {
  const { outputSchema } = options
  const { result } = masked
  if (!outputSchema || !isObject(result) || !isObject(original.result)) return masked
  return { ...masked, result: fittingResult(result, original.result, outputSchema) }
}

/** A task's own result stands inside the answer about it (MCP 2026-07-28, tasks). */
function fittingResult(result: JsonObject, before: JsonObject, outputSchema: JsonObject): JsonObject {
  const { structuredContent, result: inner } = result
  return {
    ...result,
    ...(structuredContent === undefined
      ? {}
      : { structuredContent: satisfy(structuredContent, before.structuredContent ?? null, outputSchema) }),
    ...(isObject(inner) && isObject(before.result)
      ? { result: fittingResult(inner, before.result, outputSchema) }
      : {}),
  }
}
