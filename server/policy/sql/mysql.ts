import * as build from 'node-sql-parser/build/mysql.js'
import type { SqlFacts } from '../../types'
import { type Found, factsFrom, foundFunction, nothingFound } from './found'
import { mysqlPureFunctions } from './mysql-functions'
import { dotted } from './postgres-names'

type Node = Record<string, unknown>
type Scope = { found: Found; schema: string; names: readonly string[] }

const charsMax = 10_000
const depthMax = 500

/** A comment that a MySQL server executes: what stands in it is not a comment for everybody. */
const executableComment = /\/\*(?:!|M!)/i
/** Text that servers read differently, by version, SQL mode or client: what holds any of it is never called read-only. */
const ambiguous = /\\|\/\*|--|#|@|:=|[\x80-\uffff]/

// CommonJS, one file per dialect; where it is not bundled, node puts its exports under `default`.
const { Parser } = ('default' in build ? build.default : build) as typeof build
const parser = new Parser()

/**
 * Facts by a parser that is not the server's own, so it is believed only where nothing is in doubt; null when the text is
 * not understood. Throws what the parser throws.
 */
export function mysqlFacts(statement: string, schema: string): SqlFacts | null {
  if (statement.length > charsMax || executableComment.test(statement)) return null
  const { ast } = parser.parse(statement, { database: 'MySQL' })
  const statements = (Array.isArray(ast) ? ast : [ast]).filter((node) => typeof node === 'object' && node !== null)
  if (statements.length === 0) return null
  const found = nothingFound()
  for (const node of statements) walk(node, { found, schema, names: [] }, 0)
  if (found.verbs.size === 0) return null
  if (ambiguous.test(statement)) found.plain = false
  return factsFrom(found, statements.length)
}

/** Nodes that do nothing by themselves. */
const harmless = new Set(
  `ASC DESC backticks_quote_string between binary_expr bit_string bool case cast collate date datetime default double_quote_string
  else expr_list full_hex_string hex_string interval not_expr null number origin order_by param single_quote_string star
  string time timestamp unary_expr when window`.split(/\s+/),
)

function walk(value: unknown, scope: Scope, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth > depthMax) throw new Error('the statement is nested too deep')
  if (Array.isArray(value)) {
    for (const item of value) walk(item, scope, depth + 1)
    return
  }
  const node = value as Node
  const type = typeof node.type === 'string' ? node.type : null
  const visitor = type === null ? undefined : visitors[type]
  if ('ast' in node) walk(node.ast, scope, depth + 1)
  else if (visitor !== undefined) visitor(node, scope, depth + 1)
  else {
    if (type !== null && !harmless.has(type)) statement(type, node, scope)
    children(node, scope, depth + 1)
  }
}

function children(node: Node, scope: Scope, depth: number, skip: readonly string[] = []): void {
  for (const [key, child] of Object.entries(node)) if (!skip.includes(key)) walk(child, scope, depth)
}

const visitors: Record<string, (node: Node, scope: Scope, depth: number) => void> = {
  select: (node, scope, depth) => {
    scope.found.verbs.add('SELECT')
    if ((node.into as Node | null)?.keyword !== undefined) notPlain(scope.found, 'SELECT INTO')
    if (typeof node.locking_read === 'string') notPlain(scope.found, 'SELECT FOR UPDATE')
    const inner = withNames(node, scope, depth)
    for (const item of sourcesIn(node.from)) source(item, inner, depth)
    children(node, inner, depth, ['with', 'from', 'into', 'locking_read'])
  },
  function: (node, { found, schema: _, ...scope }, depth) => {
    const { name = [], schema } = node.name as { name?: { value: string }[]; schema?: { value: string } }
    const called = name.map(({ value }) => value.toLowerCase())
    if (schema !== undefined) foundFunction(found, dotted(schema.value, ...called))
    if (schema !== undefined || called.length !== 1 || !mysqlPureFunctions.has(called[0]!))
      foundFunction(found, called.at(-1) ?? '')
    children(node, { found, schema: _, ...scope }, depth, ['name'])
  },
  aggr_func: (node, scope, depth) => {
    const name = String(node.name).toLowerCase()
    if (!mysqlPureFunctions.has(name)) foundFunction(scope.found, name)
    children(node, scope, depth, ['name'])
  },
  column_ref: ({ column }, { found }) => {
    const name = typeof column === 'string' ? column : String((column as { expr?: Node } | null)?.expr?.value ?? '*')
    if (misread.has(name.toLowerCase())) throw new Error(`\`${name}\` is an operator or an option, and no column`)
    found.columns.add(name.toLowerCase())
  },
}

// `binary ssn` and `distinct sql_no_cache ssn` read `ssn`; the parser takes the first word for a column and `ssn` for its alias.
const misread = new Set(
  'binary distinctrow high_priority sql_big_result sql_buffer_result sql_cache sql_calc_found_rows sql_no_cache sql_small_result straight_join'.split(
    ' ',
  ),
)

function statement(type: string, node: Node, { found, schema }: Scope): void {
  found.plain = false
  if (['var', 'assign'].includes(type)) return
  found.verbs.add(type.replaceAll('_', ' ').toUpperCase())
  if (type === 'use') found.verbs.add('UNKNOWN')
  for (const table of [node.table, node.from, node.name].flatMap(sourcesIn)) named(table, schema, found)
  for (const column of columnsWritten(type, node)) found.columns.add(column.toLowerCase())
}

/** Columns that are written; without a list of them a row is written from the first one on. */
function columnsWritten(type: string, { columns, set, on_duplicate_update: again }: Node): string[] {
  if (type !== 'update' && type !== 'insert' && type !== 'replace') return []
  const listed = Array.isArray(columns) ? columns.filter((name) => typeof name === 'string') : []
  const assigned = [...listOf(set), ...listOf((again as Node | null)?.set)].map(({ column }) => String(column))
  return type === 'update' || listed.length > 0 || Array.isArray(set) ? [...listed, ...assigned] : ['*', ...assigned]
}

const listOf = (value: unknown): Node[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is Node => typeof item === 'object' && item !== null)

/** Tables and subqueries in FROM; `(a join b on true)` holds more of them. */
const sourcesIn = (value: unknown): Node[] =>
  listOf(value).flatMap(({ expr, joins, ...item }) => {
    const inner = Array.isArray(expr) ? sourcesIn(expr) : []
    return [Array.isArray(expr) ? item : { ...item, expr }, ...inner, ...sourcesIn(joins ?? [])]
  })

function named({ db, table }: Node, schema: string, found: Found): void {
  if (typeof table !== 'string') return
  const name = dotted(typeof db === 'string' ? db : schema, table)
  found.tables.add(name)
  // Whether case tells tables apart depends on the server.
  found.tables.add(name.toLowerCase())
}

function source(item: Node, scope: Scope, depth: number): void {
  const { db, table, as: alias } = item
  for (const name of [table, alias]) if (typeof name === 'string') scope.found.rows.add(name.toLowerCase())
  const isName = typeof table === 'string' && typeof db !== 'string' && scope.names.includes(table)
  if (!isName && item.type !== 'dual') named(item, scope.schema, scope.found)
  for (const { value } of listOf(item.using))
    if (typeof value === 'string') scope.found.columns.add(value.toLowerCase())
  if (/natural/i.test(String(item.join))) scope.found.columns.add('*')
  children(item, scope, depth, ['table', 'db', 'as', 'using', 'join', 'type'])
}

/** As in PostgreSQL: without RECURSIVE a common table expression sees those before it only. */
function withNames(node: Node, scope: Scope, depth: number): Scope {
  const tables = listOf(node.with)
  const names = tables.map(({ name }) => String((name as Node).value))
  const recursive = tables.some((table) => table.recursive === true)
  tables.forEach(({ stmt }, at) => {
    walk(stmt, { ...scope, names: [...scope.names, ...(recursive ? names : names.slice(0, at))] }, depth)
  })
  return { ...scope, names: [...scope.names, ...names] }
}

function notPlain(found: Found, verb: string): void {
  found.plain = false
  found.verbs.add(verb)
}
