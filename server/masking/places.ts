import type { Json, JsonObject } from '../types'
import { type Columns, columnsIn, headingOf, holdsValue, namesIn, namingKeys, privateMembers } from './rows'
import type { Cover } from './spans'
import { payForDepth, type Work } from './work'

/** What hides a value whose field is named by a value beside it. */
export type Beside = { cover: Cover; holds(key: string): boolean }

const nameMax = 128

/** What hides the values of a column or field of this name. */
function nameCover(name: string, work: Work): Cover | null {
  if (name.length > nameMax || work.masker.mentions(name).length === 0) return null
  payForDepth(work)
  return work.masker.fields.under(name, work.path, work.depth)
}

/**
 * What an object says about its own members: which column its rows have (kept in `work.columns`), which field its value
 * is (`{"name": "ssn", "value": "1"}`), and whether it is a private JSON Web Key.
 */
export function besideIn(object: JsonObject, work: Work): Beside | null {
  const hasFields = work.masker.fields.size > 0
  let nests = false
  let beside: Beside | null = null
  for (const key in object) {
    const value = object[key]
    if (typeof value === 'object') nests ||= value !== null
    // `"ssn"`, `["customer", "ssn"]`, `{"name": "ssn"}`
    if ((typeof value !== 'object' && typeof value !== 'string') || !namingKeys.has(key)) continue
    for (const name of namesIn(Array.isArray(value) ? value.at(-1) : value)) beside ??= besideOf(key, name, work)
  }
  if (nests && hasFields) work.columns = columnsIn(object, (name) => nameCover(name, work)) ?? work.columns
  return beside
}

function besideOf(key: string, value: string, work: Work): Beside | null {
  if (key === 'kty') {
    const cover = work.masker.detectors.find((detector) => detector.name === 'private_key')?.cover
    return cover === undefined ? null : { cover, holds: (member) => privateMembers.has(member) }
  }
  const cover = work.masker.fields.size === 0 ? null : nameCover(value, work)
  return cover === null ? null : { cover, holds: (member) => member !== key && holdsValue(member) }
}

/** The columns that an array of rows names in its first. */
export function columnsNear(rows: Json[], work: Work): Columns | null {
  return Array.isArray(rows[0]) ? headingOf(rows, (name) => nameCover(name, work)) : null
}

const plainName = /^[\p{L}_][\p{L}\p{N}_ -]*$/u

/** `["ssn", "123-45-6789"]`: a pair of a name and a value, if it lies among pairs or what follows is no name. */
export function pairCover(items: Json[], index: number, work: Work): Cover | null {
  if (index !== 1 || items.length !== 2) return null
  const [name, value] = items
  if (typeof name !== 'string' || typeof value === 'object') return null
  const amongPairs = typeof work.path[work.depth - 2] === 'number'
  return amongPairs || typeof value !== 'string' || !plainName.test(value) ? nameCover(name, work) : null
}
