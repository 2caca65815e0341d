import type { SqlFacts } from '../../types'

export function mysqlFacts(_statement: string, _schema: string): SqlFacts | null {
  return null
}
