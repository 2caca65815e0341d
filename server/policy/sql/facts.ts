import type { SqlArgument, SqlFacts } from '../../types'
import { mysqlFacts } from './mysql'
import { loadParser } from './parser'
import { postgresFacts } from './postgres'

/** Longer statements are not looked into: parsing must stay bounded. */
export const statementCharsMax = 100_000

/** What is said of a statement that could not be understood: not read-only, and known to be unknown. */
export const unknownFacts = (): SqlFacts => ({
  readOnly: false,
  verbs: ['UNKNOWN'],
  tables: [],
  columns: [],
  functions: [],
  statements: 0,
})

/** Loads the parsers. Until it has resolved every statement is `UNKNOWN`. */
export const loadSql = (): Promise<void> => loadParser()

/**
 * What a statement does, from the database's own grammar. Never throws: what is not a string, is empty, too long, not
 * Unicode, does not parse or overflows the parser has the verb `UNKNOWN` and is never read-only.
 *
 * @param schema what unqualified table names mean
 */
export function sqlFacts(statement: unknown, dialect: SqlArgument['dialect'], schema: string): SqlFacts {
  if (typeof statement !== 'string' || statement.length > statementCharsMax) return unknownFacts()
  // The parser reads a C string: what follows a NUL would be forwarded without having been read.
  if (statement.includes('\0') || /\p{Surrogate}/u.test(statement)) return unknownFacts()
  if (statement.length > rememberedCharsMax) return factsNow(statement, dialect, schema)
  const key = `${dialect} ${schema} ${statement}`
  const known = remembered.get(key)
  if (known !== undefined) return known
  const facts = factsNow(statement, dialect, schema)
  // What was not understood may be a parser that is being loaded anew.
  if (facts.statements === 0) return facts
  if (remembered.size >= rememberedMax) remembered.clear()
  remembered.set(key, Object.freeze(facts))
  return facts
}

function factsNow(statement: string, dialect: SqlArgument['dialect'], schema: string): SqlFacts {
  try {
    return factsOf[dialect](statement, schema) ?? unknownFacts()
  } catch {
    return unknownFacts()
  }
}

// People and models repeat themselves, and parsing is the dearest part of deciding. At most 4 MB of text.
const remembered = new Map<string, SqlFacts>()
const rememberedMax = 1_000
const rememberedCharsMax = 2_000

const factsOf = { postgres: postgresFacts, mysql: mysqlFacts } satisfies Record<
  SqlArgument['dialect'],
  (statement: string, schema: string) => SqlFacts | null
>
