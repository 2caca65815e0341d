import type { SqlFacts } from '../../types'
import { factsFrom, nothingFound } from './found'
import { parseStatements } from './parser'
import { walkStatement } from './postgres-walk'

/** Facts from PostgreSQL's own parser; null when the text holds no statement. Throws what the parser throws. */
export function postgresFacts(statement: string, schema: string): SqlFacts | null {
  const statements = parseStatements(statement)
  if (statements.length === 0) return null
  const found = nothingFound()
  for (const { stmt } of statements) walkStatement(stmt, schema, found)
  if (endsDiffer(statement)) {
    found.plain = false
    found.verbs.add('UNKNOWN')
  }
  return factsFrom(found, statements.length)
}

/** Where `standard_conforming_strings` is off, a backslash keeps a quote from ending its text. */
export const endsDiffer = (statement: string): boolean => statement.includes("\\'")
