import type { Json, JsonObject } from '../types'
import { overwrite, readBlob } from './blob'
import { type Kind, kindUnder } from './carriers'
import { isCard } from './detectors/credit-card'
import { isExactNumber } from './exact'
import { look } from './look'
import { TooMuch } from './needles'
import { redact, redactNumber } from './redact'
import { type Cover, merge, stricter } from './spans'
import { find, maskText } from './text'
import { note, type Work } from './work'

const depthMax = 1000

/**
 * A value with everything hidden that must be; the very same value when there is nothing, and never a changed one.
 *
 * @param kind what stands here, see carriers.ts
 * @param cover what hides everything from here down, because a key above is a masked field
 */
export function walk(value: Json, kind: Kind, cover: Cover | null, work: Work): Json {
  switch (typeof value) {
    case 'string':
      return cover === null ? maskString(value, kind, work) : coverString(value, cover, work)
    case 'number':
      return maskNumber(value, String(value), kind, cover, work)
    case 'boolean':
      return cover === null ? value : coverBoolean(value, cover, work)
    default:
      if (value === null) return null
      if (isExactNumber(value)) return maskNumber(value as unknown as Json, value.text, kind, cover, work)
      if (work.path.length > depthMax) throw new TooMuch()
      return Array.isArray(value) ? walkArray(value, kind, cover, work) : walkObject(value, kind, cover, work)
  }
}

function walkArray(items: Json[], kind: Kind, cover: Cover | null, work: Work): Json[] {
  let out: Json[] | null = null
  const depth = work.path.length
  for (let i = 0; i < items.length; i += 1) {
    work.path[depth] = i
    const masked = walk(items[i]!, kind, cover, work)
    if (masked === items[i]) continue
    out ??= [...items]
    out[i] = masked
  }
  work.path.length = depth
  return out ?? items
}

function walkObject(object: JsonObject, kind: Kind, cover: Cover | null, work: Work): JsonObject {
  let out: JsonObject | null = null
  const depth = work.path.length
  for (const key of Object.keys(object)) {
    const known = kindUnder(kind, key)
    const own = known === null && work.needles === null ? work.masker.fields.under(key, work.path) : null
    work.path[depth] = key
    const masked = walk(object[key]!, known ?? 'data', stricter(cover, own), work)
    work.path.length = depth
    if (masked === object[key]) continue
    out ??= { ...object }
    out[key] = masked
  }
  return out ?? object
}

function maskString(text: string, kind: Kind, work: Work): Json {
  switch (kind) {
    case 'verbatim':
    case 'schema':
      return text
    case 'state':
      return work.masker.options.stateIsSealed ? text : maskText(text, work, 'plain')
    case 'envelope':
    case 'plain':
    case 'uri':
      return maskText(text, work, 'plain')
    case 'blob':
      return maskBlob(text, work)
    default:
      return maskText(text, work)
  }
}

function maskBlob(base64: string, work: Work): string {
  const blob = readBlob(base64)
  if (!blob.binary) {
    const masked = maskText(blob.text, work)
    return masked === blob.text ? base64 : blob.encode(masked)
  }
  const masked = overwrite(blob.text, merge(find(blob.text, look(blob.text), work, 'plain', 99)))
  return masked === blob.text ? base64 : blob.encode(masked)
}

function coverString(text: string, cover: Cover, work: Work): Json {
  if (text === '') return text
  note(work, text, cover)
  return cover.style === 'null' ? null : redact(text, cover.style, work.masker.key)
}

function coverBoolean(value: boolean, cover: Cover, work: Work): Json {
  note(work, String(value), cover)
  return cover.style === 'null' ? null : false
}

const numberMin = 1e12

function maskNumber(value: Json, text: string, kind: Kind, cover: Cover | null, work: Work): Json {
  const hidden = cover ?? (kind === 'data' ? numberCover(text, work) : null)
  if (hidden === null) return value
  note(work, text, hidden)
  return hidden.style === 'null' ? null : redactNumber(text, hidden.style, work.masker.key)
}

/** A number alone can be a card number, or what another carrier hides. */
function numberCover(text: string, work: Work): Cover | null {
  if (work.needles !== null) return text.length >= 6 ? work.needles.exact(text) : null
  if (text.length < 13 || Number(text) < numberMin || !isCard(text)) return null
  return work.masker.detectors.find((detector) => detector.name === 'credit_card')?.cover ?? null
}
