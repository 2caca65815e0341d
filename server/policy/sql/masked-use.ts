import type { SqlArgument, SqlFacts } from '../../types'
import { disguisedColumns } from './disguised'
import { strangeNames } from './output-names'

/**
 * Why a statement may not run where columns are masked by name: one of them would be shown under another name, or be read
 * out by comparing or sorting. Null when there is no such reason.
 */
export function maskedUse(
  facts: SqlFacts,
  statement: unknown,
  dialect: SqlArgument['dialect'],
  isMasked: (column: string) => boolean,
): string | null {
  const reader = facts.functions.find((name) => readers.test(name))
  if (reader !== undefined) return `columns here are masked, and \`${reader}\` could read them under another name`
  const moved = facts.verbs.find((verb) => verb === 'COPY' || verb === 'RENAME')
  if (moved !== undefined) return `columns here are masked, and \`${moved}\` could show them under another name`
  const samples = facts.tables.find((table) => quoting.test(table))
  if (samples !== undefined) return `columns here are masked, and \`${samples}\` can quote their values`
  // In the mode ANSI_QUOTES of MySQL, which is not known here, what looks like a text is a column.
  const quoted = dialect === 'mysql' ? [...String(statement).matchAll(/"([^"]*)"/g)] : []
  if (quoted.some(([, name]) => isMasked(name ?? ''))) return 'columns here are masked; write texts in single quotes'
  // Most statements name no masked column at all, and need no second look.
  const mayName = facts.verbs.includes('UNKNOWN') || facts.columns.some((column) => column === '*' || isMasked(column))
  if (!mayName) return null
  const disguised = disguisedColumns(statement, dialect)
  if (disguised === null) return unreadable
  if (disguised.has('*'))
    return 'columns here are masked; use `*` in the select list of the outermost SELECT only, not sorted by place or made distinct, and no whole rows'
  const found = [...disguised].find(isMasked)
  if (found === undefined) return nameProblem(String(statement))
  return `the column \`${found}\` is masked; select it under its own name in the outermost SELECT, and use it nowhere else`
}

const unreadable = 'columns here are masked, and this statement cannot be read; send a plain SELECT'

function nameProblem(statement: string): string | null {
  const names = strangeNames(statement)
  if (names === null) return unreadable
  const [name] = names
  if (name === undefined) return null
  return `columns here are masked; give columns names of at most five words, of letters and digits, not \`${name}\``
}

// Functions that read tables, files or other databases named in a text.
const readers =
  /^(?:\w+\.)?(?:(?:query|table|schema|database|cursor)_to_xml\w*|dblink\w*|ts_stat|ts_rewrite|pg_read_\w+|pg_logical_slot_\w+|lo_get|loread|lo_export|get_raw_page|heap_page_\w+|xpath_table|crosstab\w*|connectby|currtid2?|\w*_page_items\w*|tuple_data_split|pg_get_wal_\w+|pg_stat_get_(?:backend_)?activity|pg_stat_statements|pg_prepared_statement|pg_cursor)$/

// Statistics hold most common values and histograms, and what sessions run or store holds values too.
const quoting = new RegExp(
  [
    '\\.(?:pg_stats(?:_ext(?:_exprs)?)?|pg_statistic(?:_ext_data)?|pg_stat_activity|pg_stat_statements|pg_prepared_statements|pg_cursors)$',
    '^pg_toast\\.',
    '^information_schema\\.(?:column_statistics|processlist)$',
    '^performance_schema\\.(?:events_statements_|prepared_statements_|processlist|threads)',
  ].join('|'),
  'i',
)
