import type { Json, JsonObject } from '../types'
import type { Cover } from './spans'

/** The columns of rows that are arrays: how many, and what hides which of them. `list` is where they are named. */
export type Columns = { list: Json; width: number; covers: Map<number, Cover> }
type Named = (name: string) => Cover | null

const listMax = 2048
const nestedMax = 2

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const spellings = (names: string): string[] =>
  names
    .split(' ')
    .flatMap((name) => [name, name.toLowerCase(), name[0]!.toUpperCase() + name.slice(1), name.toUpperCase()])

/** Keys whose value can name a field: `{"name": "ssn", "value": "1"}`, `{"path": "/customer/ssn", "value": "1"}`; or a key's type. */
export const namingKeys: ReadonlySet<string> = new Set(
  spellings(
    'name key field column label attribute property param parameter header id k n title path question col fieldName ' +
      'columnName column_name field_name displayName accessor item metric property f kty',
  ),
)

/** Keys whose value can be the list of columns. */
export const listingKeys: ReadonlySet<string> = new Set(
  spellings(
    'columns cols fields headers header heading head thead names schema columnNames column_names columnMetadata ' +
      'columnHeaders columnOrder colNames fieldNames field_names titles labels keys attributes variables',
  ),
)

const valueKey =
  /value|^(?:val|v|content|contents|data|text|old|new|from|to|before|after|raw|display|answer|response|result|received|input|actual|cell|datum)$/i

/** Keys that hold the value of the field that a naming key names. */
export const holdsValue = (key: string): boolean => valueKey.test(key)

const describes =
  /^(?:data_?|udt_?)?type$|^(?:(?:is_)?nullable|null|description|comment|length|size|(?:column_)?default|format|required|kind|domain|collation|storage|compression|stats_target|extra|unique|index|purpose|meaning|(?:table|schema)(?:_name)?|table_schema|udt_name|ordinal_position)$/i

const optionKey = /^(?:option|argument|flag|setting|variable)$/i

/** Which columns of a table about fields (`column | type`, `field | value`) have their names, and which may have their values. */
export type AboutFields = { names: ReadonlySet<number>; values: number[] }

/** Reads headings as those of a table about fields; of any other none has names. */
export function aboutFields(headings: string[]): AboutFields {
  const names = new Set<number>()
  const [values, telling]: [number[], number[]] = [[], []]
  for (const [i, heading] of headings.entries()) {
    const word = heading.replace(/[*`]/g, '').trim().replace(/ /g, '_')
    const isName = (namingKeys.has(word.toLowerCase()) && word !== 'id') || optionKey.test(word)
    if (isName) names.add(i)
    if (describes.test(word) || holdsValue(word)) telling.push(i)
    // What says neither may be a value.
    if (holdsValue(heading) || !(isName || describes.test(word))) values.push(i)
  }
  // Something else than the name itself must be said there.
  if (telling.length === 0) names.clear()
  if (telling.length === 1) names.delete(telling[0]!)
  return { names, values }
}

/** The private members of a JSON Web Key (RFC 7518, section 6). */
export const privateMembers: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])

/**
 * The columns that an object names for the rows in it: `{"columns": ["id", "ssn"], "rows": [[1, "2"]]}`, names as text or
 * as `{"name": "ssn"}`, in the object or up to two objects inside.
 */
export function columnsIn(object: JsonObject, named: Named, nested = 0): Columns | null {
  for (const key in object) {
    const value = object[key]!
    if (typeof value !== 'object' || value === null) continue
    const columns = Array.isArray(value)
      ? listingKeys.has(key)
        ? columnsOf(value, named)
        : null
      : nested < nestedMax
        ? columnsIn(value, named, nested + 1)
        : null
    if (columns !== null) return columns
  }
  return null
}

/** The columns that the first of these rows names. */
export function headingOf(rows: Json[], named: Named): Columns | null {
  const heading = rows[0]
  return Array.isArray(heading) && heading.every((cell) => typeof cell === 'string') ? columnsOf(heading, named) : null
}

function columnsOf(list: Json[], named: Named): Columns | null {
  if (list.length > listMax || Array.isArray(list[0])) return null
  const covers = new Map<number, Cover>()
  for (let index = 0; index < list.length; index += 1)
    for (const name of namesIn(list[index]!)) {
      const cover = named(name)
      if (cover !== null) covers.set(index, cover)
    }
  return covers.size === 0 ? null : { list, width: list.length, covers }
}

/** The name that an item is, or the names in it. */
export function namesIn(item: Json | undefined): string[] {
  if (typeof item === 'string') return [item]
  if (!isObject(item)) return []
  return Object.keys(item).flatMap((key) => (namingKeys.has(key) && typeof item[key] === 'string' ? [item[key]] : []))
}

/** True for an array of cells: long enough, and not itself made of rows. */
export function isRow(items: Json[], { list, width }: Columns): boolean {
  const first = items[0]
  if (items === list || items.length < width || Array.isArray(first)) return false
  return !isObject(first) || !Object.values(first).some((value) => Array.isArray(value) && value.length >= width)
}

const digits = /^\d+$/

/** True for an object whose keys are the columns' indexes. */
export const isIndexed = (object: JsonObject, { width }: Columns): boolean => {
  const keys = Object.keys(object)
  return keys.length >= width && keys.every((key) => digits.test(key))
}

/** True where data stands column by column: as many lists as names, and of another length. */
export const areLists = (lists: Json[], { list, width }: Columns): boolean =>
  lists !== list && lists.length === width && lists.every((values) => Array.isArray(values) && values.length !== width)
