import type { JsonObject } from '../types'
import type { Masker, MaskOptions } from './masker'
import { compileMasks } from './masker'
import { compileNeedles } from './needles'
import { walk } from './walk'
import { begin, type Chip, type Work } from './work'

export { clean } from './clean'
export { parseReply, printReply } from './exact'
export { type Chip, compileMasks, type Masker, type MaskOptions }

export type Fulfilled = { message: JsonObject; masked: number; chips: Chip[] } | { failed: string }

/**
 * Masks one JSON-RPC message on its way to the caller: a result, an error, a notification or a request of the target.
 * Pure; the input is not changed, and what needs no masking is shared with it. What cannot be masked is `failed`.
 */
export function fulfil(message: JsonObject, masker: Masker): Fulfilled {
  const work = begin(masker)
  try {
    const masked = everywhere(message, work)
    return { message: masked, masked: work.masked, chips: work.chips }
  } catch (error) {
    return {
      failed:
        error instanceof RangeError || isTooMuch(error)
          ? 'the answer is too large or too deep to be masked'
          : 'the answer could not be masked',
    }
  }
}

const isTooMuch = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 'too-much'

/** Twice: what one carrier hides, all carriers hide. */
function everywhere(message: JsonObject, work: Work): JsonObject {
  const first = walk(quiet(message, work.masker), 'message', null, work) as JsonObject
  work.needles = compileNeedles(work.hidden, work.budget)
  return work.needles === null ? first : (walk(first, 'message', null, work) as JsonObject)
}

/** A secret split over two notifications cannot be found, so what they say in words is dropped where masks apply. */
function quiet(message: JsonObject, masker: Masker): JsonObject {
  const { method, params } = message
  if (!masker.hasMasks || masker.options.passNotifications || typeof params !== 'object' || params === null)
    return message
  if (Array.isArray(params)) return message
  if (method === 'notifications/progress' && 'message' in params) {
    const { message: _, ...rest } = params
    return { ...message, params: rest }
  }
  if (method === 'notifications/message' && 'data' in params)
    return { ...message, params: { ...params, data: '[masked]' } }
  return message
}
