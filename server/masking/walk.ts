import type { Json, JsonObject } from '../types'
import { overwrite, readBlob } from './blob'
import { type Kind, kindUnder } from './carriers'
import { isExactNumber } from './exact'
import { coverBoolean, coverKey, coverString, maskNumber, numberMin } from './leaves'
import { look } from './look'
import { TooMuch } from './needles'
import { cellCover, columnsFor, holdsValue, namingKeys, privateMembers } from './rows'
import { type Cover, merge, stricter } from './spans'
import { find, maskText } from './text'
import { measure, type Work } from './work'

const depthMax = 1000

/**
 * A value with everything hidden that must be; the very same value when there is nothing, and never a changed one.
 *
 * @param kind what stands here, see carriers.ts
 * @param cover what hides everything from here down, because a key above is a masked field
 */
export function walk(value: Json, kind: Kind, cover: Cover | null, work: Work): Json {
  switch (typeof value) {
    case 'string':
      measure(work, value)
      return cover === null || kind === 'schema' ? maskString(value, kind, work) : coverString(value, cover, work)
    case 'number':
      if (cover === null && value < numberMin && value > -numberMin) return value
      return maskNumber(value, String(value), kind, cover, work)
    case 'boolean':
      return cover === null || kind === 'schema' ? value : coverBoolean(value, cover, work)
    default:
      if (value === null) return null
      if (isExactNumber(value)) return maskNumber(value as unknown as Json, value.text, kind, cover, work)
      if (work.depth > depthMax) throw new TooMuch()
      return Array.isArray(value) ? walkArray(value, kind, cover, work) : walkObject(value, kind, cover, work)
  }
}

function walkArray(items: Json[], kind: Kind, cover: Cover | null, work: Work): Json[] {
  let out: Json[] | null = null
  const { depth } = work
  work.depth = depth + 1
  const rows = kind === 'data' && looksForFields(work) && Array.isArray(items[0])
  const columns = rows ? columnsFor(items, work.owners, (name) => nameCover(name, work)) : null
  for (let i = 0; i < items.length; i += 1) {
    const item = items[i]!
    work.path[depth] = i
    const row = columns !== null && Array.isArray(item) && !isHeading(item, i, work)
    const masked = row ? walkRow(item, columns, cover, work) : walk(item, kind, cover, work)
    if (masked === item) continue
    out ??= [...items]
    out[i] = masked
  }
  work.depth = depth
  return out ?? items
}

const looksForFields = (work: Work): boolean => work.needles === null && work.masker.fields.size > 0

/** The first row, when it names a masked field itself. */
const isHeading = (row: Json[], index: number, work: Work): boolean =>
  index === 0 &&
  row.every((cell) => typeof cell === 'string') &&
  row.some((cell) => nameCover(cell as string, work) !== null)

function walkRow(
  cells: Json[],
  columns: NonNullable<ReturnType<typeof columnsFor>>,
  cover: Cover | null,
  work: Work,
): Json[] {
  let out: Json[] | null = null
  const { depth } = work
  work.depth = depth + 1
  for (let i = 0; i < cells.length; i += 1) {
    work.path[depth] = i
    const masked = walk(cells[i]!, 'data', stricter(cover, cellCover(columns, i, cells.length)), work)
    if (masked === cells[i]) continue
    out ??= [...cells]
    out[i] = masked
  }
  work.depth = depth
  return out ?? cells
}

const nameMax = 128

/** What hides the values of a column or field of this name. */
function nameCover(name: string, work: Work): Cover | null {
  if (name.length > nameMax || work.masker.mentions(name).length === 0) return null
  return work.masker.fields.under(name, work.path, work.depth)
}

function walkObject(object: JsonObject, kind: Kind, cover: Cover | null, work: Work): JsonObject {
  let out: JsonObject | null = null
  let renamed: Map<string, string> | null = null
  const { depth } = work
  const beside = kind === 'data' && work.needles === null ? besideCover(object, work) : null
  work.owners.push(object)
  for (const key in object) {
    const value = object[key]!
    const known = kind === 'data' ? null : kindUnder(kind, key)
    let hidden = known === null || kind === 'schema' ? coverUnder(key, kind, cover, work) : cover
    if (beside?.holds(key)) hidden = stricter(hidden, beside.cover)
    work.path[depth] = key
    work.depth = depth + 1
    const masked = walk(value, childKind(known, kind, key), hidden, work)
    const name = known === null ? coverKey(key, cover, work) : key
    work.depth = depth
    if (masked !== value) {
      out ??= { ...object }
      out[key] = masked
    }
    measure(work, key)
    if (name !== key) renamed = (renamed ?? new Map()).set(key, name)
  }
  work.owners.pop()
  return renamed === null ? (out ?? object) : rename(out ?? object, renamed)
}

const schemaValues = new Set(['default', 'const', 'enum', 'examples', 'example'])

/** In a schema, what is said about a masked field passes, but values that it gives for one do not. */
const childKind = (known: Kind | null, kind: Kind, key: string): Kind =>
  kind === 'schema' && schemaValues.has(key) ? 'data' : (known ?? 'data')

function coverUnder(key: string, kind: Kind, cover: Cover | null, work: Work): Cover | null {
  if (!looksForFields(work) || (kind === 'schema' && work.path[work.depth - 1] !== 'properties')) return cover
  return stricter(cover, work.masker.fields.under(key, work.path, work.depth))
}

type Beside = { cover: Cover; holds(key: string): boolean }

/** `{"name": "ssn", "value": "1"}`: the name of the field is itself a value. And private members of a JSON Web Key. */
function besideCover(object: JsonObject, work: Work): Beside | null {
  for (const key in object) {
    if (!namingKeys.has(key)) continue
    const value = object[key]
    if (typeof value !== 'string') continue
    const cover = key === 'kty' ? keyCover(work) : work.masker.fields.size === 0 ? null : nameCover(value, work)
    if (cover === null) continue
    return {
      cover,
      holds: (member) => member !== key && (key === 'kty' ? privateMembers.has(member) : holdsValue(member)),
    }
  }
  return null
}

const keyCover = (work: Work): Cover | null =>
  work.masker.detectors.find((detector) => detector.name === 'private_key')?.cover ?? null

/** Hidden keys may become equal; each keeps its value under a name of its own. */
function rename(object: JsonObject, names: Map<string, string>): JsonObject {
  const entries = new Map<string, Json>()
  for (const key of Object.keys(object)) {
    const name = names.get(key) ?? key
    let free = name
    for (let n = 2; entries.has(free) || (free !== key && Object.hasOwn(object, free)); n += 1) free = `${name} ${n}`
    entries.set(free, object[key]!)
  }
  return Object.fromEntries(entries)
}

function maskString(text: string, kind: Kind, work: Work): Json {
  switch (kind) {
    case 'verbatim':
      return text
    case 'state':
      return work.masker.options.stateIsSealed ? text : maskText(text, work, 'word')
    case 'envelope':
      return maskText(text, work, 'word')
    case 'plain':
    case 'schema':
      return maskText(text, work, 'plain')
    case 'uri':
      return maskText(text, work, 'uri')
    case 'blob':
      return maskBlob(text, work)
    case 'data':
      return emptied(text, maskText(text, work))
    default:
      return maskText(text, work)
  }
}

/** In data, a text of which nothing is left is null, as a masked field is. */
const emptied = (text: string, masked: string): Json => (masked === '' && text !== '' ? null : masked)

const base64 = /^[A-Za-z0-9+/_\-\s]*={0,2}\s*$/
const rawMax = 4096

function maskBlob(text: string, work: Work): string {
  if (!base64.test(text)) return maskText(text, work)
  const blob = readBlob(text)
  const masked = blob.binary
    ? overwrite(blob.text, merge(find(blob.text, look(blob.text), work, 'word')), work)
    : maskText(blob.text, work)
  const written = masked === blob.text ? text : blob.encode(masked)
  // A short one may be no base64 at all.
  return written.length <= rawMax ? maskText(written, work, 'word') : written
}
