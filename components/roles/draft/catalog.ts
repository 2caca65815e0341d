import type { JsonObject, Rule } from '../../../server/types'

export type CatalogTool = {
  name: string
  title: string
  description: string
  hints: Record<string, unknown>
  inputSchema: JsonObject | null
}
export type CatalogConnection = { name: string; tools: CatalogTool[]; sql: string[]; http: string[] }
export type Catalog = CatalogConnection[]

/** Globs know `*` only, as the policy's do. */
export function globMatches(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*')
  if (rest.length === 0) return glob === text
  const last = rest.pop() as string
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false
  let at = first.length
  for (const piece of rest) {
    const found = text.indexOf(piece, at)
    if (found === -1 || found + piece.length > text.length - last.length) return false
    at = found + piece.length
  }
  return true
}

type Named = Pick<Rule, 'connections' | 'resources'>

export const connectionsOf = (catalog: Catalog, { connections }: Pick<Named, 'connections'>): Catalog =>
  catalog.filter(({ name }) => connections.some((glob) => globMatches(glob, name)))

/** Tools of the catalog that a rule or mask speaks of. */
export const toolsOf = (catalog: Catalog, named: Named): CatalogTool[] =>
  connectionsOf(catalog, named).flatMap(({ tools }) =>
    tools.filter(({ name }) => named.resources.some((glob) => globMatches(glob, name))),
  )

export type Argument = {
  name: string
  type: 'text' | 'number' | 'boolean' | 'other'
  choices: string[]
  about: string
}

/** Arguments of these tools, by name; one that tools disagree about is `other`. */
export function argumentsOf(tools: CatalogTool[]): Argument[] {
  const found = new Map<string, Argument>()
  for (const { inputSchema } of tools)
    for (const [name, schema] of Object.entries(objectOf(inputSchema?.properties))) {
      const argument = argumentOf(name, objectOf(schema))
      const known = found.get(name)
      found.set(name, known === undefined || known.type === argument.type ? argument : { ...argument, type: 'other' })
    }
  return [...found.values()]
}

const types: Record<string, Argument['type']> = {
  string: 'text',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
}

function argumentOf(name: string, { type, enum: choices, description }: JsonObject): Argument {
  const isChoice = Array.isArray(choices) && choices.every((choice) => typeof choice === 'string')
  return {
    name,
    type: types[String(type)] ?? (isChoice ? 'text' : 'other'),
    choices: isChoice ? (choices as string[]) : [],
    about: typeof description === 'string' ? description : '',
  }
}

const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}

/** What a tool says of itself, in words: hints, never proof. */
export function hintWords({ readOnlyHint, destructiveHint, openWorldHint }: Record<string, unknown>): string[] {
  return [
    ...(readOnlyHint === true ? ['reads only'] : []),
    ...(destructiveHint === true ? ['destructive'] : []),
    ...(openWorldHint === true ? ['reaches the open world'] : []),
  ]
}
