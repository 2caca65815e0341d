const newline = 0x0a

/**
 * Cuts bytes into lines. One longer than `bytesMax` is skipped to its end without being kept; `onTooLong` is told once for it.
 */
export function createLines(bytesMax: number, onLine: (line: Buffer) => void, onTooLong: () => void) {
  let parts: Buffer[] = []
  let size = 0
  return (chunk: Buffer): void => {
    for (let from = 0; ; ) {
      const at = chunk.indexOf(newline, from)
      const piece = chunk.subarray(from, at === -1 ? chunk.length : at)
      const before = size
      size += piece.length
      if (size <= bytesMax) parts.push(piece)
      else parts = []
      if (size > bytesMax && before <= bytesMax) onTooLong()
      if (at === -1) return
      if (size > 0 && size <= bytesMax) onLine(parts.length === 1 ? piece : Buffer.concat(parts))
      parts = []
      size = 0
      from = at + 1
    }
  }
}
