import type { SqlArgument, SqlFacts } from '../../types'
import { mysqlFacts } from './mysql'
import { loadParser } from './parser'
import { postgresFacts } from './postgres'
import { remembered } from './remembered'

/** Longer statements are not looked into: parsing must stay bounded. */
export const statementCharsMax = 100_000

/** What is said of a statement that could not be understood: not read-only, and known to be unknown. */
const unknownFacts = (): SqlFacts => ({
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
  return factsFor(dialect, schema, statement) ?? unknownFacts()
}

const factsFor = remembered((dialect: SqlArgument['dialect'], schema: string, statement: string) => {
  try {
    const facts = factsOf[dialect](statement, schema)
    return facts === null || facts.statements === 0 ? null : facts
  } catch {
    return null
  }
})

const factsOf = { postgres: postgresFacts, mysql: mysqlFacts } satisfies Record<
  SqlArgument['dialect'],
  (statement: string, schema: string) => SqlFacts | null
>
