const statementsMax = 1_000
const charsMax = 2_000

/**
 * Remembers what was found out about statements: people and models repeat themselves, and parsing is the dearest part of
 * deciding. At most 4 MB of text. Null is not remembered: what was not understood may be a parser that is being loaded anew.
 */
export function remembered<Of extends string[], Found extends object>(find: (...of: Of) => Found | null) {
  const known = new Map<string, Found>()
  /** The statement last. */
  return (...of: Of): Found | null => {
    if ((of.at(-1) as string).length > charsMax) return find(...of)
    const key = of.join('\0')
    const found = known.get(key) ?? find(...of)
    if (found === null || known.has(key)) return found
    if (known.size >= statementsMax) known.clear()
    known.set(key, Object.freeze(found))
    return found
  }
}
