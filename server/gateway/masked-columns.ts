import { compileFields, normalise } from '../masking/fields'
import { disguisedColumns } from '../policy/sql/disguised'
import { runtime } from '../runtime'
import type { Incoming } from './parse'

/**
 * Why a statement may not run although a rule allows it: a mask finds a column by its name, so a masked column may only be
 * selected, as itself. Renamed it would be shown, and `ssn like '1%'` would read it out. Null when there is no such reason.
 */
export function maskedColumnProblem({ connection, call }: Incoming): string | null {
  if (call.sql === null) return null
  const known = connection.sql.find((entry) => entry.tool === call.resource.id)
  const masks = runtime().policy.current().masksOn(connection.name, call.resource.id)
  // For everybody: the record masks for those too whom a mask excepts.
  const names = new Set(
    compileFields(
      masks.map((mask) => ({ ...mask, detectors: [] })),
      [],
    ).names,
  )
  if (known === undefined || names.size === 0) return null
  const disguised = disguisedColumns(call.args[known.argument], known.dialect)
  if (disguised === null) return 'columns here are masked, and this statement cannot be read; send a plain SELECT'
  if (disguised.has('*'))
    return 'columns here are masked; use `*` in the select list of the outermost SELECT only, and no whole rows'
  const found = [...disguised].find((column) => names.has(normalise(column)))
  if (found === undefined) return null
  return `the column \`${found}\` is masked; select it under its own name in the outermost SELECT, and use it nowhere else`
}
