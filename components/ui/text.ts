/** Longer text is folded, and must be unfolded before it can be approved. */
export const foldedLines = 12

export const isLong = (text: string): boolean => text.split('\n').length > foldedLines

/** Indented JSON; text that is no JSON stays as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
