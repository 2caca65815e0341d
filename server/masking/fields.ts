import type { Mask } from '../types'
import { fold } from './fold'
import type { Cover } from './spans'
import { stricter } from './spans'

type Candidate = { parents: string[]; cover: Cover }
type Key = { candidates: Candidate[]; lead: string[] } | null

/** The fields of all masks, found by the last part of their path. */
export type Fields = {
  size: number
  /** What hides the value under `key`, whose ancestors are the first `depth` of `path` (keys and indexes). */
  under(key: string, path: readonly (string | number)[], depth: number): Cover | null
  /** What may hide a value named so in free text, where its ancestors are not known: each must be `mentioned` there. */
  named(name: string, mentioned: (parent: string) => boolean): Cover | null
  /** `ssn` is the name of a field: where it stands as a value it says nothing of anybody. */
  isName(text: string): boolean
  /** Normalised last parts, longest first. */
  names: string[]
  /** The strictest cover of any field. */
  strictest: Cover | null
}

const knownMax = 4096

/**
 * Compiles fields: keys, columns or dotted paths. Case and separators (`card_number`, `cardNumber`, `Card Number`) do
 * not matter. `customers.email` is a key `email` anywhere below a key `customers`, or in rows of one of `tables`.
 */
export function compileFields(masks: Mask[], tables: string[]): Fields {
  const candidates = new Map<string, Candidate[]>()
  for (const mask of masks) for (const field of fieldsOf(mask)) add(candidates, field, mask, tables)
  const known = new Map<string, Key>()
  const lookup = (key: string): Key => {
    let found = known.get(key)
    if (found === undefined) {
      found = keyOf(key, candidates)
      if (known.size < knownMax && key.length <= 64) known.set(key, found)
    }
    return found
  }
  return {
    size: candidates.size,
    isName: (text) => beginsWithLetter.test(text) && candidates.has(text.toLowerCase()),
    names: [...candidates.keys()].sort((a, b) => b.length - a.length),
    strictest: [...candidates.values()].flat().reduce<Cover | null>((so, { cover }) => stricter(so, cover), null),
    under: (key, path, depth) => {
      const found = lookup(key)
      return found === null ? null : strictest(found, (parents) => below(parents, path, depth, found.lead))
    },
    named: (name, mentioned) => {
      const found = lookup(name)
      return found === null ? null : strictest(found, (parents) => parents.every(mentioned))
    },
  }
}

// A secret access key looks like any other base64, so the names that AWS gives it count too.
const awsFields = ['secretAccessKey', 'awsSecretAccessKey', 'awsSecretKey', 'awsSessionToken']

const fieldsOf = (mask: Mask): string[] =>
  mask.detectors.includes('aws_key') ? [...mask.fields, ...awsFields] : mask.fields

function add(candidates: Map<string, Candidate[]>, field: string, mask: Mask, tables: string[]): void {
  const segments = segmentsOf(field)
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
  const segments = segmentsOf(table)
  const shared = Math.min(segments.length, parents.length)
  return shared > 0 && segments.slice(-shared).join('.') === parents.slice(-shared).join('.')
}

const segmentsOf = (path: string): string[] =>
  path
    .split('.')
    .map(normalise)
    .filter((segment) => segment !== '')

const outside = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu
const between = /(?<=[\p{L}\p{N}])[ _.-]{1,2}(?=[\p{L}\p{N}])/gu

/** Folded, in lower case, without separators and what stands around it: `card_number`, `Card Number:`, `cardNumber`. */
export function normalise(key: string): string {
  const folded = (fold(key)?.text ?? key).toLowerCase()
  return folded.replace(outside, '').replace(between, '') || folded.trim()
}

const plainKey = /^[a-z\d]+$/i
const beginsWithLetter = /^\p{L}/u

/** A key that is itself a path (`c.ssn`, `customers[0].email`, `/customers/0/ssn`, `ns:ssn`) brings its own ancestors. */
function keyOf(key: string, candidates: Map<string, Candidate[]>): Key {
  if (plainKey.test(key)) {
    const found = candidates.get(key.toLowerCase())
    return found === undefined ? null : { candidates: found, lead: [] }
  }
  const whole = candidates.get(normalise(key)) ?? []
  const segments = key.split(/[.:/[\]]+/).filter((segment) => segment.trim() !== '')
  const last = segments.length > 1 ? (candidates.get(normalise(segments.at(-1)!)) ?? []) : []
  if (whole.length + last.length === 0) return null
  return { candidates: [...whole, ...last], lead: segments.slice(0, -1).map(normalise) }
}

function strictest(key: NonNullable<Key>, matches: (parents: string[]) => boolean): Cover | null {
  let cover: Cover | null = null
  for (const candidate of key.candidates) if (matches(candidate.parents)) cover = stricter(cover, candidate.cover)
  return cover
}

const parts = new Map<string, string>()

/** The same parts of a path are asked for again and again. */
function normalisedPart(key: string): string {
  let found = parts.get(key)
  if (found === undefined) {
    if (parts.size >= knownMax) parts.clear()
    found = normalise(key)
    if (key.length <= partMax) parts.set(key, found)
  }
  return found
}

const partMax = 64

/** The parents stand among the ancestors in this order. */
function below(parents: string[], path: readonly (string | number)[], depth: number, lead: string[]): boolean {
  let next = 0
  for (let i = 0; i < depth && next < parents.length; i += 1) {
    const key = path[i]!
    if (typeof key === 'string' && normalisedPart(key) === parents[next]) next += 1
  }
  for (let i = 0; i < lead.length && next < parents.length; i += 1) if (lead[i] === parents[next]) next += 1
  return next === parents.length
}
