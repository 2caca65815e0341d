import { createSecretKey, type KeyObject } from 'node:crypto'
import type { DetectorName, JsonObject, Mask } from '../types'
import { credentialForms } from './credentials'
import { detectors } from './detectors'
import { compileFields, type Fields } from './fields'
import { type Armed, needs, seen } from './look'
import { type Mention, mentionsOf } from './mentions'
import { compileNeedles, type Needles } from './needles'
import type { Cover } from './spans'
import { stricter } from './spans'

export type MaskOptions = {
  /** A larger message is withheld. Default 16 MiB. */
  bytesMax?: number
  /** What `structuredContent` must still satisfy after masking. */
  outputSchema?: JsonObject | null
  /** The tables that the rows of this reply come from, `schema.table`: `customers.email` then hides their column. */
  tables?: string[]
  /** Mask `progress.message` and log `data` instead of dropping them. */
  passNotifications?: boolean
  /** `requestState` is sealed by the gateway, so it passes as it is. */
  stateIsSealed?: boolean
  /** Say where each value was hidden. */
  chips?: boolean
  /** An error says no more than its SQLSTATE: a masked column stood in the statement. */
  sqlStateOnly?: boolean
}

/** Masks made ready for any number of messages. Holds no message's data. */
export type Masker = {
  key: KeyObject
  fields: Fields
  /** Where a text names one of the fields. */
  mentions(text: string): Mention[]
  detectors: Armed[]
  /** A text without any of these signs has nothing to hide but credentials. */
  interest: number
  /** The strictest of the detectors' covers. */
  strictest: Cover | null
  credentials: Needles | null
  options: MaskOptions
  bytesMax: number
  /** Something other than credentials may be hidden. */
  hasMasks: boolean
}

const bytesMaxDefault = 16 * 1024 * 1024

/**
 * Compiles the masks that apply to a call (those that `except` lifts are already gone). Keep the result per policy
 * version, connection, tool and set of masks.
 *
 * @param key the installation's key for the `hash` style
 * @param credentials the connection's secret values: hidden in every reply, plain, base64 (RFC 4648) or URL-encoded
 */
export function compileMasks(masks: Mask[], key: Uint8Array, credentials: string[], options: MaskOptions = {}): Masker {
  const covers = new Map<DetectorName, Cover>()
  for (const mask of masks)
    for (const name of mask.detectors)
      covers.set(name, stricter(covers.get(name) ?? null, { style: mask.style, mask: mask.id })!)
  const fields = compileFields(masks, options.tables ?? [])
  const bytesMax = options.bytesMax ?? bytesMaxDefault
  return {
    key: createSecretKey(key),
    fields,
    mentions: mentionsOf(fields.names),
    detectors: [...covers].map(([name, cover]) => ({ name, find: detectors[name], cover })),
    interest: interestOf([...covers.keys()], fields.size > 0),
    strictest: [...covers.values()].reduce<Cover | null>(stricter, null),
    credentials: compileNeedles(credentialForms(credentials), { left: Number.POSITIVE_INFINITY }),
    options,
    bytesMax,
    hasMasks: masks.some((mask) => mask.fields.length > 0 || mask.detectors.length > 0),
  }
}

function interestOf(names: DetectorName[], hasFields: boolean): number {
  const encoded = seen.fold | seen.run | seen.bracket
  return names.reduce(
    (signs, name) => signs | needs[name],
    encoded | (hasFields ? seen.label | seen.digit | seen.dash : 0),
  )
}
