import { parseProcedure, parseStatements } from './parser'

type DefElem = { DefElem?: { defname?: string; arg?: unknown } }

/**
 * The statements in the body of DO or CREATE FUNCTION; null when it cannot be seen through: another language, text built
 * and executed at run time, or a body that does not parse.
 */
export function bodyOf(options: unknown): unknown[] | null {
  const text = textOf(options, 'as')
  const language = (textOf(options, 'language') ?? 'plpgsql').toLowerCase()
  if (text === null) return null
  try {
    if (language === 'sql') return statementsOf(text)
    return language === 'plpgsql' ? procedural(text) : null
  } catch {
    return null
  }
}

const statementsOf = (text: string): unknown[] => parseStatements(text).map(({ stmt }) => stmt)

function textOf(options: unknown, name: string): string | null {
  const found = (Array.isArray(options) ? (options as DefElem[]) : []).find(({ DefElem }) => DefElem?.defname === name)
  return firstText(found?.DefElem?.arg)
}

function firstText(arg: unknown): string | null {
  const { String: text, List: list } = (arg ?? {}) as { String?: { sval?: string }; List?: { items?: unknown[] } }
  return text?.sval ?? (list?.items === undefined ? null : firstText(list.items[0]))
}

/** PL/pgSQL's RawParseMode: a whole statement, or an expression or assignment as it stands after SELECT. */
const wholeStatement = 0

function procedural(body: string): unknown[] | null {
  let tag = '$body$'
  while (body.includes(tag)) tag = `$b${tag.slice(1)}`
  const header = 'CREATE FUNCTION f() RETURNS SETOF record LANGUAGE plpgsql AS'
  const tree = parseProcedure(`${header} ${tag}${body}${tag}`)
  const work: Work = { queries: [], types: new Set() }
  if (!collect(tree, work)) return null
  const statements = work.queries.flatMap(({ query, whole }) =>
    statementsOf(whole ? query : `SELECT ${assigned(query)}`),
  )
  return [...statements, ...[...work.types].flatMap(castTo)]
}

type Work = { queries: { query: string; whole: boolean }[]; types: Set<string> }

/** Only the cast, which is what a variable does with what it is given; to declare one selects nothing. */
const castTo = (type: string): unknown[] =>
  statementsOf(`SELECT NULL::${type}`).map(
    (stmt) => (stmt as { SelectStmt: { targetList: unknown } }).SelectStmt.targetList,
  )

/** An assignment `x := value` runs its value. */
const assigned = (query: string): string => query.replace(/^\s*[\w."[\]]+\s*:?=(?!=)/, '')

const dynamic = /^PLpgSQL_stmt_(dynexecute|dynfors)$/

/** False when some of the work is text built at run time. */
function collect(value: unknown, work: Work): boolean {
  if (typeof value !== 'object' || value === null) return true
  if ('query' in value && typeof value.query === 'string')
    work.queries.push({ query: value.query, whole: (value as { parseMode?: number }).parseMode === wholeStatement })
  // The type of a column is its table's business.
  if ('typname' in value && typeof value.typname === 'string' && !/%type\b/i.test(value.typname))
    work.types.add(value.typname.replace(/%rowtype$/i, ''))
  return Object.entries(value).every(([key, inner]) => !dynamic.test(key) && key !== 'dynquery' && collect(inner, work))
}
