import { type Found, foundFunction } from './found'
import { bodyOf } from './plpgsql'
import { columnsNamed } from './postgres-columns'
import { called, columnsOf, dotted, nameFunction, nameRow, rowsReturned, strings, unqualified } from './postgres-names'
import {
  harmlessNodes,
  hiddenWork,
  knownOperators,
  knownSamplings,
  knownTypes,
  movesNames,
  verbName,
} from './postgres-nodes'
import { tablesNamed } from './postgres-objects'

type Body = Record<string, unknown>
/** Names of the common table expressions in force, innermost last. */
type Scope = readonly string[]
type Visit = { found: Found; schema: string; scope: Scope; trail: { depth: number } }

/** Deeper trees are given up: the caller says `UNKNOWN`. */
const depthMax = 2_000

/** Adds what one statement of the raw parse tree does to `found`. Throws when it is nested too deep. */
export const walkStatement = (stmt: unknown, schema: string, found: Found): void =>
  walk(stmt, { found, schema, scope: [], trail: { depth: 0 } })

function walk(value: unknown, visit: Visit): void {
  if (typeof value !== 'object' || value === null) return
  visit.trail.depth += 1
  if (visit.trail.depth > depthMax) throw new Error('the statement is nested too deep')
  const [tag, body] = Array.isArray(value) ? [null, value] : tagged(value as Body)
  const visitor = tag === null ? undefined : visitors[tag]
  if (tag !== null) named(tag, body as Body, visit)
  if (visitor !== undefined) visitor(body as Body, visit)
  else {
    if (tag !== null && !harmlessNodes.has(tag)) statement(tag, body as Body, visit.found)
    children(body, visit)
  }
  visit.trail.depth -= 1
}

/** What stands in a node as a text, not as a node of its own. */
function named(tag: string, body: Body, { found, schema }: Visit): void {
  for (const column of columnsNamed(tag, body)) found.columns.add(column)
  for (const [name = '', of] of tablesNamed(tag, body).map((names) => [...names].reverse()))
    if (of === undefined) unqualified(name, schema, found)
    else found.tables.add(dotted(of, name))
}

const children = (body: Body | unknown[], visit: Visit, skip: readonly string[] = []): void => {
  for (const [key, value] of Object.entries(body)) if (!skip.includes(key)) walk(value, visit)
}

/** `{Tag: {...}}`, or a bare struct whose type shows in its fields. */
function tagged(value: Body): [string | null, Body] {
  const [key = '', ...more] = Object.keys(value)
  if (more.length === 0 && /^[A-Z]/.test(key)) return [key, value[key] as Body]
  const shape = shapes.find(([field, second]) => field in value && (second === undefined || second in value))
  return [shape?.[2] ?? null, value]
}

const shapes: [field: string, and: string | undefined, tag: string][] = [
  ['relname', undefined, 'RangeVar'],
  ['limitOption', undefined, 'SelectStmt'],
  ['funcname', 'funcformat', 'FuncCall'],
  ['names', 'typemod', 'TypeName'],
  ['pct_type', undefined, 'TypeName'],
]

function statement(tag: string, body: Body, found: Found): void {
  found.plain = false
  if (tag.endsWith('Stmt')) found.verbs.add(verbName(tag, body))
  if (hiddenWork.has(tag) || movesNames(tag, body)) found.verbs.add('UNKNOWN')
}

const visitors: Record<string, (body: Body, visit: Visit) => void> = {
  SelectStmt: (body, visit) => {
    visit.found.verbs.add('SELECT')
    if ('intoClause' in body) notPlain(visit.found, 'SELECT INTO')
    // The relations of a locking clause are names of FROM items.
    if ('lockingClause' in body) notPlain(visit.found, 'SELECT FOR UPDATE')
    children(body, withNames(body, visit), ['withClause', 'lockingClause'])
  },
  InsertStmt: change('InsertStmt'),
  UpdateStmt: change('UpdateStmt'),
  DeleteStmt: change('DeleteStmt'),
  MergeStmt: change('MergeStmt'),
  RangeVar: ({ schemaname, relname, alias }, { found, schema, scope }) => {
    const name = String(relname)
    found.rows.add(name)
    nameRow(alias, found)
    // `customers as c(a, b)` gives every column another name.
    if (columnsOf(alias).length > 0) found.columns.add('*')
    if (typeof schemaname === 'string') found.tables.add(dotted(schemaname, name))
    else if (!scope.includes(name)) unqualified(name, schema, found)
  },
  RangeSubselect: aliased,
  RangeFunction: (body, visit) => {
    nameFunction(body, visit.found)
    children(body, visit, ['alias'])
  },
  RangeTableFunc: aliased,
  JsonTable: aliased,
  RangeTableSample: (body, visit) => {
    const [method = '', ...more] = strings(body.method).reverse()
    if (!knownSamplings.has(method) || more.some((name) => name !== 'pg_catalog'))
      foundFunction(visit.found, dotted(...more.reverse(), method))
    children(body, visit, ['method'])
  },
  JoinExpr: (body, visit) => {
    for (const name of strings(body.usingClause)) visit.found.columns.add(name)
    if (body.isNatural === true) visit.found.columns.add('*')
    nameRow(body.alias, visit.found)
    nameRow(body.join_using_alias, visit.found)
    if (columnsOf(body.alias).length > 0) visit.found.columns.add('*')
    children(body, visit, ['usingClause', 'alias', 'join_using_alias'])
  },
  ColumnRef: ({ fields }, { found }) => {
    const [name = '*', qualifier] = strings(fields).reverse()
    found.columns.add(name)
    if (qualifier !== undefined) found.qualified.push({ qualifier, name })
  },
  A_Star: (_, { found }) => {
    found.columns.add('*')
  },
  // `(row).name` is a column, or a call of `name(row)`: which of the two only the database knows.
  A_Indirection: (body, visit) => {
    for (const name of strings(body.indirection)) {
      visit.found.columns.add(name)
      if (name !== '*') foundFunction(visit.found, name)
    }
    children(body, visit)
  },
  FuncCall: (body, visit) => {
    called(strings(body.funcname), visit.found)
    children(body, visit, ['funcname'])
  },
  TypeName: (body, visit) => {
    const names = strings(body.names).filter((name, at, all) => at > 0 || all.length === 1 || name !== 'pg_catalog')
    if (names.length !== 1 || !knownTypes.has(names[0] ?? '')) foundFunction(visit.found, dotted(...names))
    children(body, visit, ['names'])
  },
  A_Expr: operated('name'),
  SubLink: operated('operName'),
  SortBy: operated('useOp'),
  DropStmt: (body, visit) => statement('DropStmt', body, visit.found),
  CreateSchemaStmt: (body, visit) => {
    statement('CreateSchemaStmt', body, visit.found)
    const made = body.schemaname ?? (body.authrole as Body | undefined)?.rolename
    // The new schema is searched first, then those that were before.
    if (typeof made === 'string') children(body, { ...visit, schema: made })
    children(body, visit)
  },
  DoStmt: (body, visit) => {
    statement('DoStmt', body, visit.found)
    runs(bodyOf(body.args), visit)
  },
  CreateFunctionStmt: (body, visit) => {
    statement('CreateFunctionStmt', body, visit.found)
    if (!('sql_body' in body)) runs(bodyOf(body.options), visit)
    children(body, visit, ['funcname'])
  },
}

function notPlain(found: Found, verb: string): void {
  found.plain = false
  found.verbs.add(verb)
}

/** INSERT, UPDATE, DELETE, MERGE: the target is a table even where a common table expression has its name. */
function change(tag: string) {
  return (body: Body, visit: Visit): void => {
    statement(tag, body, visit.found)
    walk(body.relation, { ...visit, scope: [] })
    for (const name of rowsReturned(body)) visit.found.rows.add(name)
    children(body, withNames(body, visit), ['withClause', 'relation'])
  }
}

/**
 * Walks the common table expressions and gives the scope for the rest. Without RECURSIVE one sees those before it only:
 * in `with t as (select * from t)` the inner `t` is a table.
 */
function withNames(body: Body, visit: Visit): Visit {
  const clause = body.withClause as { ctes?: { CommonTableExpr: Body }[]; recursive?: boolean } | undefined
  if (clause === undefined) return visit
  const tables = (clause.ctes ?? []).map((cte) => cte.CommonTableExpr)
  const names = tables.map((table) => String(table.ctename))
  for (const name of names) visit.found.rows.add(name)
  tables.forEach((table, at) => {
    const seen = clause.recursive === true ? names : names.slice(0, at)
    children(table, { ...visit, scope: [...visit.scope, ...seen] })
  })
  return { ...visit, scope: [...visit.scope, ...names] }
}

function aliased(body: Body, visit: Visit): void {
  nameRow(body.alias, visit.found)
  children(body, visit, ['alias'])
}

function operated(key: string) {
  return (body: Body, visit: Visit): void => {
    const [symbol, schema] = strings(body[key]).reverse()
    const builtIn = symbol === undefined || knownOperators.has(symbol) || /^[A-Z ]+$/.test(symbol)
    if (!builtIn || (schema !== undefined && schema !== 'pg_catalog'))
      foundFunction(visit.found, `operator ${schema === undefined ? '' : `${schema}.`}${symbol}`)
    children(body, visit, [key])
  }
}

/** The statements of a body; null when it cannot be seen through. */
function runs(statements: unknown[] | null, visit: Visit): void {
  if (statements === null) visit.found.verbs.add('UNKNOWN')
  else walk(statements, { ...visit, scope: [] })
}
