import type { SqlFacts } from '../../types'

/** What a walk through a statement's tree has seen so far. */
export type Found = {
  /** Nothing but plain SELECT was seen. */
  plain: boolean
  verbs: Set<string>
  tables: Set<string>
  columns: Set<string>
  functions: Set<string>
  /** Names that stand for a whole row: tables, aliases, common table expressions. */
  rows: Set<string>
}

export const nothingFound = (): Found => ({
  plain: true,
  verbs: new Set(),
  tables: new Set(),
  columns: new Set(),
  functions: new Set(),
  rows: new Set(),
})

/** A function that is not known to be pure. */
export function foundFunction(found: Found, name: string): void {
  found.plain = false
  found.functions.add(name)
}

export function factsFrom(found: Found, statements: number): SqlFacts {
  // `select c from customers c` reads every column.
  for (const column of found.columns) if (found.rows.has(column)) found.columns.add('*')
  const [verb] = found.verbs
  return {
    readOnly: found.plain && statements > 0 && found.verbs.size === 1 && verb === 'SELECT',
    verbs: [...found.verbs].sort(),
    tables: [...found.tables].sort(),
    columns: [...found.columns].sort(),
    functions: [...found.functions].sort(),
    statements,
  }
}
