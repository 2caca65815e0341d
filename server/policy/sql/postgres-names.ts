import { type Found, foundFunction } from './found'
import { pureFunctions, recentPureFunctions } from './pure-functions'

/** The texts of a list of String nodes; `*` for a star. */
export const strings = (list: unknown): string[] =>
  (Array.isArray(list) ? list : []).flatMap((node: { String?: { sval?: string }; A_Star?: unknown }) => {
    if (node.A_Star !== undefined) return ['*']
    return node.String === undefined ? [] : [node.String.sval ?? '']
  })

/** A name in its schema; a part that itself has a dot stays in quotes, so that no two names look the same. */
export const dotted = (...parts: string[]): string =>
  parts.map((part) => (/[."]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part)).join('.')

/** A table name without a schema. */
export function unqualified(name: string, schema: string, found: Found): void {
  found.tables.add(dotted(schema, name))
  // pg_catalog is searched first, whatever the search path says.
  if (name.startsWith('pg_')) found.tables.add(dotted('pg_catalog', name))
}

/** A call by name, with or without its schema. */
export function called(names: string[], found: Found): void {
  const [name = '', schema, ...more] = [...names].reverse()
  const builtIn = more.length === 0 && (schema === undefined || schema === 'pg_catalog')
  if (builtIn && (pureFunctions.has(name) || (schema !== undefined && recentPureFunctions.has(name)))) return
  foundFunction(found, name)
  if (!builtIn) found.functions.add(dotted(...names))
}

/** An alias stands for a whole row. */
export function nameRow(alias: unknown, found: Found): void {
  const name = (alias as { aliasname?: unknown } | undefined)?.aliasname
  if (typeof name === 'string') found.rows.add(name)
}

/** What a change calls whole rows in RETURNING (`old`, `new`, or the names it gives them) and in ON CONFLICT. */
export function rowsReturned({ returningClause, onConflictClause }: Record<string, unknown>): string[] {
  const { options = [] } = (returningClause ?? {}) as { options?: { ReturningOption?: { value?: string } }[] }
  return [
    ...(returningClause === undefined ? [] : ['old', 'new']),
    ...options.flatMap(({ ReturningOption }) => ReturningOption?.value ?? []),
    ...(onConflictClause === undefined ? [] : ['excluded']),
  ]
}

/** Columns that a function in FROM is known to have; any other name after its alias may be a call. */
export function nameFunction(
  { alias, functions, coldeflist, ordinality }: Record<string, unknown>,
  found: Found,
): void {
  const items = (functions as { List?: { items?: Item[] } }[]).map(({ List }) => List?.items ?? [])
  const names = items.flatMap(([call]) => strings(call?.FuncCall?.funcname).at(-1) ?? [])
  const name = (alias as { aliasname?: string } | undefined)?.aliasname ?? names[0] ?? ''
  if (alias === undefined && names.length < items.length) found.nameless = true
  const declared = [coldeflist, ...items.map(([, columns]) => columns?.List?.items)].flatMap((columns) =>
    ((columns ?? []) as { ColumnDef?: { colname?: string } }[]).flatMap(({ ColumnDef }) => ColumnDef?.colname ?? []),
  )
  const columns = new Set([name, ...names, ...columnsOf(alias), ...declared])
  for (const of of names) for (const column of recordColumns[of] ?? []) columns.add(column)
  if (ordinality === true) columns.add('ordinality')
  found.rows.add(name)
  const known = found.functionRows.get(name)
  // One alias in two places: only what both have is surely a column.
  found.functionRows.set(
    name,
    known === undefined ? columns : new Set([...columns].filter((column) => known.has(column))),
  )
}

const pair = ['key', 'value']
const recordColumns: Record<string, string[]> = {
  json_each: pair,
  jsonb_each: pair,
  json_each_text: pair,
  jsonb_each_text: pair,
}

/** A function in FROM, then the columns that it is given. */
type Item = { FuncCall?: { funcname?: unknown }; List?: { items?: unknown } }

/** The columns an alias renames. */
export const columnsOf = (alias: unknown): string[] => strings((alias as { colnames?: unknown } | undefined)?.colnames)
