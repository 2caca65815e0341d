import type { SqlArgument } from '../../types'
import { statementCharsMax } from './facts'
import { wholeRowFunctions } from './found'
import { parseStatements } from './parser'
import { endsDiffer } from './postgres'
import { rowsReturned } from './postgres-names'
import { remembered } from './remembered'

type Node = Record<string, unknown>
type Seen = { rows: Set<string>; disguised: Set<string> }

const depthMax = 2_000
const understood = new Set(
  `SelectStmt InsertStmt UpdateStmt DeleteStmt MergeStmt ExplainStmt TransactionStmt VariableSetStmt
  VariableShowStmt`.split(/\s+/),
)

/**
 * The columns that a statement uses in any other way than to show them under their own name: renamed, computed with,
 * compared, sorted by, in a subquery. `*` stands for all of a table. A mask that knows a column by its name does not find it
 * then. Null when the statement is not understood.
 */
export function disguisedColumns(statement: unknown, dialect: SqlArgument['dialect']): ReadonlySet<string> | null {
  if (dialect !== 'postgres' || typeof statement !== 'string' || statement.length > statementCharsMax) return null
  if (statement.includes('\0') || /\p{Surrogate}/u.test(statement) || endsDiffer(statement)) return null
  return disguisedIn(statement)
}

const disguisedIn = remembered((statement: string): ReadonlySet<string> | null => {
  try {
    const tops = parseStatements(statement).map(({ stmt }) => stmt as Node)
    if (tops.length === 0 || !tops.every((stmt) => understood.has(Object.keys(stmt)[0] ?? ''))) return null
    const seen: Seen = { rows: new Set(), disguised: new Set() }
    for (const stmt of tops) nameRows(stmt, seen, 0)
    for (const stmt of tops) top(stmt, seen)
    return seen.disguised
  } catch {
    return null
  }
})

/** What stands for a whole row: tables, aliases, common table expressions, what RETURNING calls them. */
function nameRows(value: unknown, seen: Seen, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth > depthMax) throw new Error('the statement is nested too deep')
  const { relname, aliasname, ctename } = value as Node
  for (const name of [relname, aliasname, ctename, ...rowsReturned(value as Node)])
    if (typeof name === 'string') seen.rows.add(name)
  for (const child of Object.values(value)) nameRows(child, seen, depth + 1)
}

/** Only the select list of the statement itself shows columns under their own names; a UNION names them by its first part. */
function top(stmt: Node, seen: Seen): void {
  const { SelectStmt } = stmt as { SelectStmt?: Node }
  if (SelectStmt === undefined || SelectStmt.op !== 'SETOP_NONE') {
    walk(stmt, seen)
    return
  }
  const { targetList = [], ...rest } = SelectStmt as { targetList?: Target[] } & Sorting
  for (const target of targetList) if (!isShown(target.ResTarget, seen) || isPlainDistinct(rest)) walk(target, seen)
  byPlace(targetList, rest, seen)
  walk(rest, seen)
}

type Target = { ResTarget?: Node }
type Sorting = { sortClause?: { SortBy?: Node }[]; groupClause?: Node[]; distinctClause?: Node[] }

/** DISTINCT compares, and hands out in the order of its comparing. */
const isPlainDistinct = ({ distinctClause }: Sorting): boolean =>
  distinctClause?.every((node) => Object.keys(node).length === 0) ?? false

/** `order by 2` and the like mean the second of the select list, and a `*` before it moves it who knows where. */
function byPlace(
  targets: Target[],
  { sortClause = [], groupClause = [], distinctClause = [] }: Sorting,
  seen: Seen,
): void {
  const sorted = sortClause.map(({ SortBy }) => (SortBy?.node ?? {}) as Node)
  for (const place of [...sorted, ...groupClause, ...distinctClause].flatMap(placesIn)) {
    const before = targets.slice(0, place)
    if (before.length < place || before.some(isStar)) seen.disguised.add('*')
    walk(targets[place - 1], seen)
  }
}

/** `2`; in GROUP BY also `(2, 3)` and `rollup (2)`. */
function placesIn(node: Node): number[] {
  const { A_Const: constant, ...lists } = node as {
    A_Const?: { ival?: { ival?: number } }
    GroupingSet?: { content?: Node[] }
    RowExpr?: { args?: Node[] }
    List?: { items?: Node[] }
  }
  if (constant?.ival !== undefined) return [constant.ival.ival ?? 0]
  return [lists.GroupingSet?.content, lists.RowExpr?.args, lists.List?.items].flatMap((list) =>
    (list ?? []).flatMap(placesIn),
  )
}

const isStar = ({ ResTarget }: Target): boolean => {
  const { ColumnRef } = (ResTarget?.val ?? {}) as { ColumnRef?: { fields: unknown[] } }
  return ColumnRef !== undefined && lastOf(ColumnRef.fields) === '*'
}

function isShown(target: Node | undefined, seen: Seen): boolean {
  const { ColumnRef } = (target?.val ?? {}) as { ColumnRef?: { fields: unknown[] } }
  if (ColumnRef === undefined) return false
  const column = lastOf(ColumnRef.fields)
  if (column === '*') return target?.name === undefined
  return (target?.name === undefined || target.name === column) && !isRow(column, ColumnRef.fields, seen)
}

const lastOf = (fields: unknown[]): string => {
  const { String: name } = (fields.at(-1) ?? {}) as { String?: { sval?: string } }
  return name?.sval ?? '*'
}

/** `c` is a row of `customers c`, and `c.to_json` is `to_json(c)`. */
const isRow = (column: string, fields: unknown[], { rows }: Seen): boolean =>
  rows.has(column) || (fields.length > 1 && wholeRowFunctions.has(column))

function walk(value: unknown, seen: Seen): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) walk(item, seen)
    return
  }
  for (const [tag, child] of Object.entries(value)) {
    if (tag === 'ColumnRef') column(child as { fields: unknown[] }, seen)
    else if (tag === 'A_Indirection') indirection(child as { indirection?: unknown[] }, seen)
    else if (tag === 'IndexElem') seen.disguised.add(String((child as Node).name ?? '*'))
    else if (tag === 'RangeVar' && renames(child as Node)) seen.disguised.add('*')
    else if (tag === 'JoinExpr') join(child as Node, seen)
    if (tag !== 'ColumnRef') walk(child, seen)
  }
}

function column({ fields }: { fields: unknown[] }, seen: Seen): void {
  const name = lastOf(fields)
  seen.disguised.add(isRow(name, fields, seen) ? '*' : name)
}

function indirection({ indirection: parts = [] }: { indirection?: unknown[] }, seen: Seen): void {
  for (const part of parts) {
    if (Object.hasOwn(part as Node, 'String') || Object.hasOwn(part as Node, 'A_Star'))
      seen.disguised.add(lastOf([part]))
  }
}

/** USING and NATURAL compare columns without naming them in an expression. */
function join(body: Node, seen: Seen): void {
  if (body.isNatural === true || renames(body)) seen.disguised.add('*')
  for (const name of (body.usingClause ?? []) as unknown[]) seen.disguised.add(lastOf([name]))
}

/** `customers as c(a, b)` gives columns other names. */
const renames = ({ alias }: Node): boolean => ((alias ?? {}) as { colnames?: unknown[] }).colnames !== undefined
