import { maskArguments, maskTogether } from '../masking/arguments'
import type { Masker } from '../masking/masker'
import type { JsonObject } from '../types'
import type { Denial } from './denial'
import type { Incoming } from './parse'

/** What a message asks with, as the record may keep it: what is hidden in one part is hidden in all. */
export function shownOf(args: JsonObject, { call, message }: Incoming, masker: Masker) {
  const { inputResponses = null } = message.params
  const parts = maskTogether([args, call.meta ?? {}, { inputResponses }], masker)
  const [shown = {}, meta = {}, answers = {}] = parts
  return {
    arguments: shown,
    ...(call.meta === undefined ? {} : { meta }),
    ...(inputResponses === null ? {} : { inputResponses: answers.inputResponses ?? null }),
  }
}

/** The question that it waited for; and else what its caller was told why not. What people said is with the question. */
export function heardOf(refused: Denial | null, masker: Masker): JsonObject {
  if (refused === null) return {}
  if (refused.reviewId !== null) return { review: refused.reviewId }
  return refused.detail === null ? {} : { told: maskArguments({ told: refused.detail }, masker).told ?? '' }
}
