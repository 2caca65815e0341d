import type { Mask } from '../types'
import type { Cover } from './spans'
import { stricter } from './spans'

type Candidate = { parents: string[]; cover: Cover }

/** The fields of all masks, found by the last part of their path. */
export type Fields = {
  size: number
  /** What hides the value under `key`, whose ancestors are `path` (keys and indexes, outermost first). */
  under(key: string, path: readonly (string | number)[]): Cover | null
  /** What may hide a value named so in free text, where its ancestors are not known: each must be `mentioned` there. */
  named(name: string, mentioned: (parent: string) => boolean): Cover | null
  /** Normalised last parts, longest first. */
  names: string[]
}

const knownMax = 4096

/**
 * Compiles fields: keys, columns or dotted paths. Case and separators (`card_number`, `cardNumber`, `Card Number`) do
 * not matter. `customers.email` is a key `email` anywhere below a key `customers`, or in rows of one of `tables`.
 */
export function compileFields(masks: Mask[], tables: string[]): Fields {
  const candidates = new Map<string, Candidate[]>()
  for (const mask of masks) for (const field of mask.fields) add(candidates, field, mask, tables)
  const known = new Map<string, Candidate[] | null>()
  const lookup = (key: string): Candidate[] | null => {
    let found = known.get(key)
    if (found === undefined) {
      found = candidates.get(normalise(key)) ?? null
      if (known.size < knownMax && key.length <= 64) known.set(key, found)
    }
    return found
  }
  return {
    size: candidates.size,
    names: [...candidates.keys()].sort((a, b) => b.length - a.length),
    under: (key, path) => strictest(lookup(key), (candidate) => below(candidate.parents, path)),
    named: (name, mentioned) => strictest(lookup(name), (candidate) => candidate.parents.every(mentioned)),
  }
}

function add(candidates: Map<string, Candidate[]>, field: string, mask: Mask, tables: string[]): void {
  const segments = field
    .split('.')
    .map(normalise)
    .filter((segment) => segment !== '')
  const name = segments.at(-1)
  if (name === undefined) return
  const cover = { style: mask.style, mask: mask.id }
  const put = (key: string, parents: string[]) =>
    candidates.set(key, [...(candidates.get(key) ?? []), { parents, cover }])
  const parents = segments.slice(0, -1)
  if (parents.length === 0 || tables.some((table) => isTable(table, parents))) put(name, [])
  else {
    put(name, parents)
    put(segments.join(''), [])
  }
}

/** `customers` and `public.customers` mean each other's table. */
function isTable(table: string, parents: string[]): boolean {
  const segments = table.split('.').map(normalise)
  const shared = Math.min(segments.length, parents.length)
  return segments.slice(-shared).join('.') === parents.slice(-shared).join('.')
}

/** Lower case, compatibility forms undone, nothing but letters and digits, if there are any. */
export function normalise(key: string): string {
  const folded = key.normalize('NFKC').toLowerCase()
  return folded.replace(/[^\p{L}\p{N}]+/gu, '') || folded.trim()
}

function strictest(candidates: Candidate[] | null, matches: (candidate: Candidate) => boolean): Cover | null {
  if (candidates === null) return null
  let cover: Cover | null = null
  for (const candidate of candidates) if (matches(candidate)) cover = stricter(cover, candidate.cover)
  return cover
}

/** The parents stand among the ancestors in this order. */
function below(parents: string[], path: readonly (string | number)[]): boolean {
  let next = 0
  for (let i = 0; i < path.length && next < parents.length; i += 1) {
    const key = path[i]!
    if (typeof key === 'string' && normalise(key) === parents[next]) next += 1
  }
  return next === parents.length
}
