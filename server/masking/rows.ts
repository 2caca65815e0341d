import type { Json, JsonObject } from '../types'
import type { Cover } from './spans'

/** What hides each index of a row that is an array, and how long such rows are. */
export type Columns = { width: number; covers: Map<number, Cover> }
type Named = (name: string) => Cover | null

const listMax = 2048
const ownersMax = 3

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The columns of rows that are arrays, from a list of names beside them (`{"columns": ["id", "ssn"], "rows": [[1, "2"]]}`,
 * names as text or as `{"name": "ssn"}`), up to three objects above, or one object aside; else from a heading row.
 */
export function columnsFor(rows: Json[], owners: readonly JsonObject[], named: Named): Columns | null {
  for (let i = owners.length - 1; i >= 0 && i >= owners.length - ownersMax; i -= 1) {
    const columns = listedIn(owners[i]!, named)
    if (columns !== null) return columns
  }
  const heading = rows[0]
  return Array.isArray(heading) && heading.every((cell) => typeof cell === 'string') ? columnsOf(heading, named) : null
}

function listedIn(owner: JsonObject, named: Named): Columns | null {
  for (const value of Object.values(owner)) {
    const columns = Array.isArray(value) ? columnsOf(value, named) : isObject(value) ? listedBeside(value, named) : null
    if (columns !== null) return columns
  }
  return null
}

function listedBeside(object: JsonObject, named: Named): Columns | null {
  for (const value of Object.values(object)) {
    const columns = Array.isArray(value) ? columnsOf(value, named) : null
    if (columns !== null) return columns
  }
  return null
}

function columnsOf(list: Json[], named: Named): Columns | null {
  if (list.length === 0 || list.length > listMax || Array.isArray(list[0])) return null
  const covers = new Map<number, Cover>()
  for (let index = 0; index < list.length; index += 1) {
    for (const name of namesIn(list[index]!)) {
      const cover = named(name)
      if (cover !== null) covers.set(index, cover)
    }
  }
  return covers.size === 0 ? null : { width: list.length, covers }
}

function namesIn(item: Json): string[] {
  if (typeof item === 'string') return [item]
  if (!isObject(item)) return []
  return Object.keys(item).flatMap((key) => (namingKeys.has(key) && typeof item[key] === 'string' ? [item[key]] : []))
}

/** Where a cell of a row can come from: one column, or several when the row is longer than the list of names. */
export function cellCover({ width, covers }: Columns, index: number, length: number): Cover | null {
  for (let at = index; at >= 0 && at >= index - Math.max(0, length - width); at -= 1) {
    const cover = covers.get(at)
    if (cover !== undefined) return cover
  }
  return null
}

const naming =
  'name key field column label attribute property param parameter header id k n title path question col fieldName ' +
  'columnName column_name field_name displayName accessor item metric'

/** Keys whose value can name a field: `{"name": "ssn", "value": "1"}`, `{"path": "/customer/ssn", "value": "1"}`; or a key's type. */
export const namingKeys: ReadonlySet<string> = new Set(
  ['kty'].concat(
    naming
      .split(' ')
      .flatMap((key) => [key, key.toLowerCase(), key[0]!.toUpperCase() + key.slice(1), key.toUpperCase()]),
  ),
)

const valueKey =
  /value|^(?:val|v|content|contents|data|text|old|new|from|to|before|after|raw|display|answer|response|result)$/i

/** Keys that hold the value of the field that a naming key names. */
export const holdsValue = (key: string): boolean => valueKey.test(key)

/** The private members of a JSON Web Key (RFC 7518, section 6). */
export const privateMembers: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])
