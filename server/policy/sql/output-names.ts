import { parseStatements } from './parser'
import { strings } from './postgres-names'
import { remembered } from './remembered'

type Node = Record<string, unknown>

const depthMax = 2_000
const plain = /^[\p{L}_][\p{L}\p{N}_$.()%#/&+-]*(?: [\p{L}\p{N}_$.()%#/&+-]+){0,4}$/u

/**
 * The names that a statement gives to columns of its own and that are not plain: with a comma or a line break in it, a name
 * would move the headings of an answer in CSV or Markdown away from their cells. Null when the statement cannot be read.
 */
export const strangeNames = remembered((statement: string): string[] | null => {
  const names: string[] = []
  try {
    for (const { stmt } of parseStatements(statement)) namesIn(stmt, names, 0)
    return names.filter((name) => !plain.test(name))
  } catch {
    return null
  }
})

function namesIn(value: unknown, names: string[], depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth > depthMax) throw new Error('the statement is nested too deep')
  const { limitOption, targetList, colnames, aliascolnames } = value as Node
  names.push(...strings(colnames), ...strings(aliascolnames))
  // Only a SELECT has this; the targets of UPDATE are columns that there are.
  if (limitOption !== undefined)
    for (const { ResTarget } of (targetList ?? []) as { ResTarget?: Node }[])
      if (typeof ResTarget?.name === 'string') names.push(ResTarget.name)
  for (const child of Object.values(value)) namesIn(child, names, depth + 1)
}
