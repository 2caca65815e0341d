import createPgModule, { type PgModule } from 'libpg-query/wasm/libpg-query.js'
import { nestingOf } from './nesting'

/** PostgreSQL's own parser, libpg-query: the raw parse tree as it writes it, a statement each. */
export type RawStatement = { stmt?: unknown }

/** `1 + 1 + ...` overflows the stack at more than twice this. */
const nestingMax = 1_200
const bodyBlocksMax = 200

let module: PgModule | null = null
let loading: Promise<void> = load()

async function load(): Promise<void> {
  module = await createPgModule()
}

/** Resolves when the parser is there. */
export const loadParser = (): Promise<void> => loading

/**
 * The statements of a text; none when it is empty. Throws when it does not parse, is nested too deep, or while the parser
 * is being loaded.
 */
export function parseStatements(sql: string): RawStatement[] {
  if (last?.sql === sql) return last.statements
  if (nestingOf(sql) > nestingMax) throw new Error('the statement is nested too deep')
  const text = run(sql, (pg, query) => {
    const result = pg._wasm_parse_query_raw(query)
    try {
      // PgQueryParseResult: parse tree, messages, error.
      const [tree = 0, , error] = [0, 4, 8].map((offset) => pg.getValue(result + offset, 'i32'))
      return error === 0 && tree !== 0 ? pg.UTF8ToString(tree) : null
    } finally {
      pg._wasm_free_parse_result(result)
    }
  })
  if (text === null) throw new Error('the statement does not parse')
  const { stmts: statements = [] } = JSON.parse(text) as { stmts?: RawStatement[] }
  last = { sql, statements }
  return statements
}

/** One call asks for its statement more than once. */
let last: { sql: string; statements: RawStatement[] } | null = null

/** The tree of a CREATE FUNCTION in PL/pgSQL. Throws as `parseStatements` does. */
export function parseProcedure(sql: string): unknown {
  if ((sql.match(/\b(?:begin|if|loop|case|while|for|foreach)\b/gi) ?? []).length > bodyBlocksMax)
    throw new Error('the body is nested too deep')
  const text = run(sql, (pg, query) => {
    const result = pg._wasm_parse_plpgsql(query)
    try {
      return pg.UTF8ToString(result)
    } finally {
      pg._wasm_free_string(result)
    }
  })
  return JSON.parse(text)
}

/** What throws in here has left the parser's memory in disorder: it is thrown away for a new one. */
function run<T>(sql: string, parse: (pg: PgModule, query: number) => T): T {
  if (module === null) throw new Error('the parser is not loaded')
  if (readsSlowly(sql)) throw new Error('the statement has too long a run of signs')
  const pg = module
  try {
    const bytes = pg.lengthBytesUTF8(sql) + 1
    const query = pg._malloc(bytes)
    pg.stringToUTF8(sql, query, bytes)
    const parsed = parse(pg, query)
    pg._free(query)
    return parsed
  } catch (error) {
    module = null
    loading = load()
    throw error
  }
}

const signs = /[~!@#^&|`?+\-*/%<=>]{400,}/g

/** At every `/*` PostgreSQL reads the whole run of operators' signs that follows, and goes back. */
const readsSlowly = (sql: string): boolean => (sql.match(signs) ?? []).some((run) => run.includes('/*'))
