import type { SqlFacts } from '../../types'

/** What a walk through a statement's tree has seen so far. */
export type Found = {
  /** Nothing but plain SELECT was seen. */
  plain: boolean
  verbs: Set<string>
  tables: Set<string>
  columns: Set<string>
  functions: Set<string>
  /** Names that stand for a whole row: tables, aliases, common table expressions. */
  rows: Set<string>
  /** Columns as `qualifier.name`, and what functions in FROM are called with the columns they are known to have. */
  qualified: { qualifier: string; name: string }[]
  functionRows: Map<string, Set<string>>
  /** A row in FROM has a name that PostgreSQL makes up, as `"coalesce"` of `from coalesce(a, b)`. */
  nameless: boolean
}

export const nothingFound = (): Found => ({
  plain: true,
  verbs: new Set(),
  tables: new Set(),
  columns: new Set(),
  functions: new Set(),
  rows: new Set(),
  qualified: [],
  functionRows: new Map(),
  nameless: false,
})

/** A function that is not known to be pure. */
export function foundFunction(found: Found, name: string): void {
  found.plain = false
  found.functions.add(name)
}

/** Functions of a whole row, which can be written like one of its columns: built-in ones, and those of hstore and PostGIS. */
export const wholeRowFunctions = new Set(
  `any_value array_agg concat first_value hash_record json_agg json_agg_strict json_build_array jsonb_agg jsonb_agg_strict
  jsonb_build_array lag last_value lead max min mode pg_column_compression pg_column_size quote_literal quote_nullable
  record_out record_send row_to_json to_json to_jsonb
  hstore st_asgeojson st_asgeobuf st_asflatgeobuf st_asmvt`.split(/\s+/),
)

export function factsFrom(found: Found, statements: number): SqlFacts {
  // `select c from customers c` reads every column.
  for (const column of found.columns) if (found.rows.has(column)) found.columns.add('*')
  for (const { qualifier, name } of found.qualified) {
    // `c.to_json` is `to_json(c)` where there is no such column.
    if (wholeRowFunctions.has(name)) found.columns.add('*')
    // The row of a function in FROM may be a plain value, and then `u.pg_read_file` calls `pg_read_file(u)`.
    const known = found.functionRows.get(qualifier)
    if (name !== '*' && (found.nameless || known?.has(name) === false)) foundFunction(found, name)
  }
  const [verb] = found.verbs
  return {
    readOnly: found.plain && statements > 0 && found.verbs.size === 1 && verb === 'SELECT',
    verbs: [...found.verbs].sort(),
    tables: [...found.tables].sort(),
    columns: [...found.columns].sort(),
    functions: [...found.functions].sort(),
    statements,
  }
}
