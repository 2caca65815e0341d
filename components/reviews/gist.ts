import type { ReviewView } from '../../server/reviews/schemas'

type Shown = Pick<ReviewView, 'arguments' | 'wanted' | 'connection'>

const lengthMax = 90

/** What is asked in one line, for a list, which may have the beginning of the arguments only. */
export function gist({ arguments: text, wanted, connection }: Shown): string {
  if (wanted !== null) return `for ${wanted.minutes} minutes on ${connection}`
  try {
    const args = JSON.parse(text) as Record<string, unknown>
    const line = Object.entries(args)
      .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', ')
    return line.length > lengthMax ? `${line.slice(0, lengthMax)}…` : line
  } catch {
    const begun = text.replace(/^\{"([^"\\]+)":\s*"?/, '$1: ').replace(/\\[nrt]\s*/g, ' ')
    return `${begun.replace(/\\(["\\/])/g, '$1').slice(0, lengthMax)}…`
  }
}

export const toolsOf = ({ wanted, resource }: Pick<ReviewView, 'wanted' | 'resource'>): string =>
  wanted?.tools.join(', ') ?? resource.id

/** What is over is told as that. */
export const wants = (state: ReviewView['state']): string => (state === 'pending' ? 'wants' : 'wanted')

/**
 * What a client calls itself, to stand in a sentence: in quotes and cut where it could go on with the sentence by itself, for it
 * says of itself what it likes.
 */
export const clientWords = (name: string): string =>
  /^[\p{L}\p{N} ._/@-]{1,40}$/u.test(name) ? name : `“${name.slice(0, 40)}${name.length > 40 ? '…' : ''}”`

/** The arguments that are SQL by their name or look, apart from the rest. */
export function splitSql(text: string): { sql: [name: string, statement: string][]; rest: string | null } {
  try {
    const args = JSON.parse(text) as Record<string, unknown>
    const isSql = ([name, value]: [string, unknown]) =>
      typeof value === 'string' &&
      (/^(sql|query|statement)$/i.test(name) || /^\s*(select|insert|update|delete|with)\b/i.test(value))
    const entries = Object.entries(args)
    const rest = entries.filter((entry) => !isSql(entry))
    return {
      sql: entries.filter(isSql).map(([name, value]) => [name, String(value)]),
      rest: rest.length === 0 ? null : JSON.stringify(Object.fromEntries(rest), null, 2),
    }
  } catch {
    return { sql: [], rest: text }
  }
}
