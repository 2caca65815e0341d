import { loadModule, parseSync } from 'libpg-query'
import type { SqlFacts } from '../../types'
import { factsFrom, nothingFound } from './found'
import { walkStatement } from './postgres-walk'

/** The module begins to load when it is imported; until it has, parsing throws. */
export const loadPostgres = (): Promise<void> => loadModule()

/** Facts from PostgreSQL's own parser (libpg-query); null when the text is not a statement. Throws what the parser throws. */
export function postgresFacts(statement: string, schema: string): SqlFacts | null {
  const { stmts = [] } = parseSync(statement)
  if (stmts.length === 0) return null
  const found = nothingFound()
  for (const { stmt } of stmts) walkStatement(stmt, schema, found)
  return factsFrom(found, stmts.length)
}
