import { compileFields, normalise } from '../masking/fields'
import { maskedUse } from '../policy/sql/masked-use'
import { runtime } from '../runtime'
import type { Mask } from '../types'
import type { Incoming } from './parse'

/**
 * Why a statement may not run although a rule allows it: a mask finds a column by its name, so a masked column may only be
 * selected, as itself. Renamed it would be shown, and `ssn like '1%'` would read it out. Null when there is no such reason.
 */
export function maskedColumnProblem({ connection, call }: Incoming): string | null {
  if (call.sql === null) return null
  const known = connection.sql.find((entry) => entry.tool === call.resource.id)
  // For everybody: the record masks for those too whom a mask excepts.
  const isMasked = isMaskedIn(runtime().policy.current().masksOn(connection.name, call.resource.id))
  if (known === undefined || isMasked === null) return null
  return maskedUse(call.sql, call.args[known.argument], known.dialect, isMasked)
}

const rememberedMax = 2_000

function remembered(isMasked: IsMasked): IsMasked {
  const answers = new Map<string, boolean>()
  return (column) => {
    const known = answers.get(column)
    if (known !== undefined) return known
    const answer = isMasked(column)
    if (answers.size < rememberedMax) answers.set(column, answer)
    return answer
  }
}

type IsMasked = (column: string) => boolean
const compiled = new WeakMap<Mask[], { isMasked: IsMasked | null }>()

/** Whether a column is masked by its name; null when masks name no fields. A list of masks is read once, as long as it lives. */
export function isMaskedIn(masks: Mask[]): IsMasked | null {
  const known = compiled.get(masks)
  if (known !== undefined) return known.isMasked
  const fieldsOnly = masks.map((mask) => ({ ...mask, detectors: [] }))
  const names = new Set(compileFields(fieldsOnly, []).names)
  const isMasked = names.size === 0 ? null : remembered((column) => names.has(normalise(column)))
  compiled.set(masks, { isMasked })
  return isMasked
}
