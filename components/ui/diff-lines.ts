export type DiffLine = { kind: 'same' | 'added' | 'removed'; text: string }

// Past this the table of the longest common subsequence costs more than it helps.
const cellsMax = 4_000_000

/** What `after` says differently, line by line (longest common subsequence; what was removed stands first). */
export function diffLines(before: string[], after: string[]): DiffLine[] {
  if (before.length * after.length > cellsMax) return [...before.map(removed), ...after.map(added)]
  const longest = table(before, after)
  const out: DiffLine[] = []
  let a = 0
  let b = 0
  while (a < before.length || b < after.length) {
    const old = before[a]
    const now = after[b]
    if (old !== undefined && old === now) {
      out.push({ kind: 'same', text: old })
      a += 1
      b += 1
    } else if (old !== undefined && (now === undefined || at(longest, a + 1, b) >= at(longest, a, b + 1))) {
      out.push(removed(old))
      a += 1
    } else if (now !== undefined) {
      out.push(added(now))
      b += 1
    }
  }
  return out
}

const removed = (text: string): DiffLine => ({ kind: 'removed', text })
const added = (text: string): DiffLine => ({ kind: 'added', text })
const at = (cells: number[][], a: number, b: number): number => cells[a]?.[b] ?? 0

function table(before: string[], after: string[]): number[][] {
  const cells: number[][] = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  for (let a = before.length - 1; a >= 0; a--)
    for (let b = after.length - 1; b >= 0; b--) {
      const row = cells[a] as number[]
      row[b] = before[a] === after[b] ? at(cells, a + 1, b + 1) + 1 : Math.max(at(cells, a + 1, b), at(cells, a, b + 1))
    }
  return cells
}

/** Runs of unchanged lines longer than twice `around` shrink to their ends; `null` stands for what is left out. */
export function shorten(lines: DiffLine[], around = 2): (DiffLine | null)[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some((line) => line.kind !== 'same'),
  )
  return lines.flatMap((line, index) => {
    if (near[index]) return [line]
    return index === 0 || near[index - 1] ? [null] : []
  })
}
