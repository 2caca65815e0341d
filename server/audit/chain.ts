import { hash } from 'node:crypto'
import type { Entry, EntryDraft } from '../types'
import { isoOf } from './version-hash'

/** What the first entry of a chain follows. */
export const genesis = '0'.repeat(64)

export const bodyBytesMax = 16 * 1024

/** The columns an entry's hash covers, in this order. */
const covered = [
  'chain',
  'seq',
  'id',
  'kind',
  'at',
  'sessionId',
  'callId',
  'principalId',
  'principal',
  'client',
  'connectionId',
  'connection',
  'action',
  'resource',
  'outcome',
  'policyVersion',
  'masked',
  'body',
] as const satisfies (keyof Entry)[]

/** An entry as an export has it: `at` is text. */
export type EntryText = Omit<Entry, 'at'> & { at: string }

type Placed = Omit<Entry, 'hash' | 'previousHash' | 'at'> & { at: Date | string }

/**
 * SHA-256 (hex) over the UTF-8 text of the JSON array `[previousHash, chain, seq, id, ...]`, without spaces: every column in the
 * order of the export, `at` as ISO 8601 in UTC with milliseconds, absent ones as null. Anybody can recompute it from an export.
 */
export function entryHash(previousHash: string, entry: Placed): string {
  const values: unknown[] = [previousHash]
  for (const name of covered) values.push(name === 'at' ? isoOf(entry.at) : entry[name])
  return hash('sha256', JSON.stringify(values), 'hex')
}

/** Gives a draft its place. */
export function chained(draft: EntryDraft, chain: string, seq: number, previousHash: string): Entry {
  const placed = { ...storable(draft), chain, seq }
  return { ...placed, previousHash, hash: entryHash(previousHash, placed) }
}

// PostgreSQL's text holds neither NUL nor a lone surrogate; in a body, which is JSON, this is how they are written anyway.
const unstorable = /[\0\p{Cs}]/gu

const plain = (text: string): string =>
  // Two native looks: nearly all text is fine.
  text.isWellFormed() && !text.includes('\0')
    ? text
    : text.replace(unstorable, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

// What is searched by stands in indexes, whose rows are short; the body has the whole.
const wordsMax = 500

const short = (text: string): string => plain(text.length <= wordsMax ? text : `${text.slice(0, wordsMax - 1)}…`)

const storable = (draft: EntryDraft): EntryDraft => ({
  ...draft,
  principalId: plain(draft.principalId),
  principal: short(draft.principal),
  client: short(draft.client),
  connection: short(draft.connection),
  action: short(draft.action),
  resource: short(draft.resource),
  body: plain(draft.body),
})

/**
 * JSON text as the record keeps it: whole up to 16 KB, else `{"cut":true,"bytes":..,"sha256":..,"start":".."}` with the size and
 * SHA-256 (hex) of the whole UTF-8 text.
 */
export function cutBody(text: string): string {
  if (text.length <= bodyBytesMax / 3) return text
  const bytes = Buffer.byteLength(text)
  if (bytes <= bodyBytesMax) return text
  const sha256 = hash('sha256', text, 'hex')
  return JSON.stringify({ cut: true, bytes, sha256, start: text.slice(0, 2048) })
}
