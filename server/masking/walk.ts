import type { Json, JsonObject } from '../types'
import { type Kind, kindUnder } from './carriers'
import { isExactNumber } from './exact'
import { coverBoolean, coverKey, coverString, maskNumber, maskString, numberMin } from './leaves'
import { acrossLines } from './lines'
import { type Beside, besideIn, columnsNear, pairCover } from './places'
import { areLists, type Columns, isIndexed, isRow } from './rows'
import { type Cover, stricter } from './spans'
import { TooMuch } from './too-much'
import { looksForFields, measure, measureItems, payForDepth, type Work } from './work'

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
      return cover === null || kind === 'schema' ? maskString(value, kind, work) : coverString(value, kind, cover, work)
    case 'number':
      if (cover === null && value < numberMin && value > -numberMin) return value
      return maskNumber(value, String(value), kind, cover, work)
    case 'boolean':
      return cover === null || kind === 'schema' ? value : coverBoolean(value, kind, cover, work)
    default:
      if (value === null) return null
      if (isExactNumber(value)) return maskNumber(value as unknown as Json, value.text, kind, cover, work)
      if (work.depth > depthMax) throw new TooMuch()
      return Array.isArray(value) ? walkArray(value, kind, cover, work) : walkObject(value, kind, cover, work)
  }
}

function walkArray(items: Json[], kind: Kind, cover: Cover | null, work: Work): Json[] {
  const inData = kind === 'data' && looksForFields(work)
  measureItems(work, items)
  const outer = work.columns
  if (inData && outer !== null && isRow(items, outer)) return walkCells(items, outer, cover, work)
  if (inData && outer === null) work.columns = columnsNear(items, work)
  const mayBeLines = cover === null && looksForFields(work) && (kind === 'data' || kind === 'block')
  const lines = mayBeLines ? acrossLines(items, kind === 'block', work) : items
  let out: Json[] | null = null
  const asLists = inData && outer !== null && areLists(items, outer) ? outer.covers : null
  const { depth } = work
  work.depth = depth + 1
  for (let i = 0; i < items.length; i += 1) {
    const item = lines[i]!
    work.path[depth] = i
    const listed = asLists === null ? cover : stricter(cover, asLists.get(i) ?? null)
    const masked = walk(item, kind, inData ? stricter(listed, pairCover(items, i, work)) : cover, work)
    if (masked === items[i]) continue
    out ??= [...items]
    out[i] = masked
  }
  work.depth = depth
  work.columns = outer
  return out ?? items
}

/** A row: each cell below its column's name; when it is longer than the list of names, every cell that could be meant. */
function walkCells(cells: Json[], columns: Columns, cover: Cover | null, work: Work): Json[] {
  let out: Json[] | null = null
  const { depth } = work
  work.depth = depth + 1
  work.columns = null
  const more = Math.max(0, cells.length - columns.width)
  let [named, below]: [number, Cover | null] = [-1, null]
  for (let i = 0; i < cells.length; i += 1) {
    work.path[depth] = i
    const here = columns.covers.get(i)
    if (here !== undefined) [named, below] = [i, here]
    const masked = walk(cells[i]!, 'data', i - named > more ? cover : stricter(cover, below), work)
    if (masked === cells[i]) continue
    out ??= [...cells]
    out[i] = masked
  }
  work.depth = depth
  work.columns = columns
  return out ?? cells
}

function walkObject(object: JsonObject, kind: Kind, cover: Cover | null, work: Work): JsonObject {
  let out: JsonObject | null = null
  let renamed: Map<string, string> | null = null
  const { depth } = work
  const outer = work.columns
  const beside = kind === 'data' && work.needles === null ? besideIn(object, work) : null
  const indexed = outer !== null && isIndexed(object, outer)
  for (const key in object) {
    const value = object[key]!
    const known = kind === 'data' ? null : kindUnder(kind, key)
    const hidden = coverUnder(key, kind, known, cover, beside, indexed, work)
    const name = known === null ? coverKey(key, cover, work) : key
    work.path[depth] = name
    work.depth = depth + 1
    const masked = walk(value, childKind(known, kind, key), hidden, work)
    work.depth = depth
    if (masked !== value) {
      out ??= { ...object }
      out[key] = masked
    }
    measure(work, key)
    if (name !== key) renamed = (renamed ?? new Map()).set(key, name)
  }
  work.columns = outer
  return renamed === null ? (out ?? object) : rename(out ?? object, renamed)
}

const schemaValues = new Set(['default', 'const', 'enum', 'examples', 'example'])

/** In a schema, what is said about a masked field passes, but values that it gives for one do not. */
const childKind = (known: Kind | null, kind: Kind, key: string): Kind =>
  kind === 'schema' && schemaValues.has(key) ? 'text' : (known ?? 'data')

function coverUnder(
  key: string,
  kind: Kind,
  known: Kind | null,
  cover: Cover | null,
  beside: Beside | null,
  indexed: boolean,
  work: Work,
): Cover | null {
  if (work.needles !== null || (known !== null && kind !== 'schema')) return cover
  let hidden = beside?.holds(key) ? stricter(cover, beside.cover) : cover
  if (work.masker.fields.size === 0 || (kind === 'schema' && work.path[work.depth - 1] !== 'properties')) return hidden
  if (indexed && work.columns !== null) hidden = stricter(hidden, work.columns.covers.get(Number(key)) ?? null)
  payForDepth(work)
  return stricter(hidden, work.masker.fields.under(key, work.path, work.depth))
}

/** Hidden keys may become equal; each keeps its value under a name of its own. */
function rename(object: JsonObject, names: Map<string, string>): JsonObject {
  const entries = new Map<string, Json>()
  const uses = new Map<string, number>()
  for (const key of Object.keys(object)) {
    const name = names.get(key) ?? key
    let free = name
    while (entries.has(free) || (free !== key && Object.hasOwn(object, free))) {
      const n = (uses.get(name) ?? 1) + 1
      uses.set(name, n)
      free = `${name} ${n}`
    }
    entries.set(free, object[key]!)
  }
  return Object.fromEntries(entries)
}
