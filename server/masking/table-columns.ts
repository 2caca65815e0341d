import { type Cover, strictness } from './spans'

export type Column = { index: number; cover: Cover }

/** What hides a cell. `sure`: it can only be another column's, so it is not looked for elsewhere. */
type Hidden = { cover: Cover; sure: boolean }

/**
 * What hides the cells of a row, asked from left to right: `more` than there are columns, each could stand as far to the
 * right, `fewer`, as far to the left; the strictest that could be meant counts. Linear in the cells.
 */
export type CoverOfCells = (more: number, fewer: number) => (at: number) => Hidden | null

/** @param columns those that are hidden, by index */
export function coverOfCells(columns: Column[]): CoverOfCells {
  if (columns.length === 1) return ofOne(columns[0]!)
  const styles = byStyle(columns)
  return (more, fewer) => {
    const next = styles.map(() => 0)
    let first = 0
    return (at) => {
      first = skipped(columns, first, at - more)
      const nearest = columns[first]
      if (nearest === undefined || nearest.index > at + fewer) return null
      for (let i = 0; i < styles.length; i += 1) {
        next[i] = skipped(styles[i]!, next[i]!, at - more)
        const column = styles[i]![next[i]!]
        if (column !== undefined && column.index <= at + fewer) return { cover: column.cover, sure: nearest.index > at }
      }
      return null
    }
  }
}

function ofOne({ index, cover }: Column): CoverOfCells {
  const [itself, other] = [
    { cover, sure: false },
    { cover, sure: true },
  ]
  return (more, fewer) => (at) => (index < at - more || index > at + fewer ? null : index > at ? other : itself)
}

function skipped(columns: Column[], next: number, index: number): number {
  let at = next
  while (at < columns.length && columns[at]!.index < index) at += 1
  return at
}

/** Columns of one style together, the strictest first. */
function byStyle(columns: Column[]): Column[][] {
  const lists = new Map<string, Column[]>()
  for (const column of columns) {
    const list = lists.get(column.cover.style)
    if (list === undefined) lists.set(column.cover.style, [column])
    else list.push(column)
  }
  return [...lists.values()].sort(([a], [b]) => strictness[b!.cover.style] - strictness[a!.cover.style])
}
