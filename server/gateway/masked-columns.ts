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
  const names = namesOf(runtime().policy.current().masksOn(connection.name, call.resource.id))
  if (known === undefined || names.size === 0) return null
  return maskedUse(call.sql, call.args[known.argument], known.dialect, (column) => names.has(normalise(column)))
}

const compiled = new WeakMap<Mask[], Set<string>>()

/** The masks of a resource keep their array as long as the policy lives, so their names are read once. */
function namesOf(masks: Mask[]): Set<string> {
  const known = compiled.get(masks)
  if (known !== undefined) return known
  const fieldsOnly = masks.map((mask) => ({ ...mask, detectors: [] }))
  const names = new Set(compileFields(fieldsOnly, []).names)
  compiled.set(masks, names)
  return names
}
