import type { JsonObject } from '../../server/types'

/** One part of a tool's definition that changed; null where there is none. */
export type Part = { title: string; before: string | null; after: string | null }

const named: [key: string, title: string][] = [
  ['title', 'Title'],
  ['description', 'Description'],
  ['inputSchema', 'Input schema'],
  ['outputSchema', 'Output schema'],
  ['annotations', 'Annotations'],
]

/** What a definition says otherwise, what a model reads first; all of it when the tool is new. The rest of a definition is one part. */
export function changedParts(before: JsonObject | null, after: JsonObject): Part[] {
  const keys = named.map(([key]) => key)
  const rest = (definition: JsonObject | null): string | null => {
    const others = Object.entries(definition ?? {}).filter(([key]) => key !== 'name' && !keys.includes(key))
    return others.length === 0 ? null : inLines(Object.fromEntries(others))
  }
  const parts = named.map(([key, title]): Part => ({ title, before: textOf(before?.[key]), after: textOf(after[key]) }))
  return [...parts, { title: 'Everything else', before: rest(before), after: rest(after) }].filter(
    (part) => part.before !== part.after,
  )
}

const textOf = (value: unknown): string | null =>
  value === undefined ? null : typeof value === 'string' ? value : inLines(value)

const inLines = (value: unknown): string => JSON.stringify(sorted(value), null, 2)

/** In one order, so that nothing but what was said differs. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}
