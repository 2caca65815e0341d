import type { Keys } from '../keys'
import type { Call, JsonObject } from '../types'

type Sealed = { id: string; kind: 'call' | 'access'; argumentsSealed: Uint8Array | null }
/** JSON text. */
export type Whole = { args: string; meta: string | null }

/** Of a call, what whoever decides sees whole: the arguments, and on a second line what `_meta` holds for the target. */
export const wholeText = ({ args, meta }: Call): string =>
  meta === undefined ? JSON.stringify(args) : `${JSON.stringify(args)}\n${JSON.stringify(meta)}`

/** The same, opened; null where it is gone, or where there is none yet. Throws when the key has changed. */
export function openWhole({ id, kind, argumentsSealed }: Sealed, keys: Pick<Keys, 'open'>): Whole | null {
  if (kind === 'access' || argumentsSealed === null) return null
  const [args = '', meta = null] = keys.open(argumentsSealed, `review ${id}`).split('\n')
  return { args, meta }
}

/** Understood. */
export function wholeOf(row: Sealed, keys: Pick<Keys, 'open'>): Pick<Call, 'args' | 'meta'> | null {
  const whole = openWhole(row, keys)
  if (whole === null) return null
  const args = JSON.parse(whole.args) as JsonObject
  return whole.meta === null ? { args } : { args, meta: JSON.parse(whole.meta) as JsonObject }
}
