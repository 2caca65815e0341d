/** Longer text is folded, and must be unfolded before it can be approved. */
const foldedLines = 12
const foldedChars = 4_000

export const isLong = (text: string): boolean => text.length > foldedChars || text.split('\n').length > foldedLines

/** What is shown of a long text before it is unfolded. */
export const folded = (text: string): string => text.split('\n').slice(0, foldedLines).join('\n').slice(0, foldedChars)

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/** Indented JSON. Only the space between its tokens changes, so that a number shows every digit it has. Other text stays as it is. */
export function pretty(text: string): string {
  if (!isJson(text)) return text
  const out: string[] = []
  let depth = 0
  let before = ''
  const newline = () => out.push('\n', '  '.repeat(depth))
  for (const [token] of text.matchAll(tokens)) {
    const opened = before === '{' || before === '['
    const closes = token === '}' || token === ']'
    if (closes) depth -= 1
    if ((opened && !closes) || (closes && !opened) || before === ',') newline()
    out.push(token === ':' ? ': ' : token)
    if (token === '{' || token === '[') depth += 1
    before = token
  }
  return out.join('')
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The text as an object; null for anything else. */
export function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

/** What a message says, as a sentence begins; what may be a name stays as it is. */
export const sentence = (text: string): string =>
  /^[a-z]+[ ,]/.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text

/** The revisions of MCP that a client or a target speaks. */
export const revisionOf = (era: 'modern' | 'legacy' | null): string =>
  era === 'modern' ? 'the newest revision of MCP' : 'MCP up to 2025-11-25'

/** `1 rule`, `2 rules`. */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`

/** A length of time with its unit: `850 ms`, `12.4 s`, `3 min 20 s`. */
export function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1_000)} s`
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}
