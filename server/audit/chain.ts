import { hash } from 'node:crypto'
import type { Entry, EntryDraft } from '../types'

/** What the first entry of a chain follows. */
export const genesis = '0'.repeat(64)

type Placed = Omit<Entry, 'hash' | 'previousHash'>

/**
 * SHA-256 (hex) over the UTF-8 text of the JSON array `[previousHash, chain, seq, id, ...]`, without spaces: every column in the
 * order of the export, `at` as ISO 8601 in UTC with milliseconds, absent ones as null. Anybody can recompute it from an export.
 */
export function entryHash(previousHash: string, entry: Placed): string {
  const place = JSON.stringify([previousHash, entry.chain, entry.seq])
  return hash('sha256', `${place.slice(0, -1)},${coveredText(entry)}`, 'hex')
}

/** Of the text that a hash covers what does not say where the entry stands: the end of the array, from the id on. */
export function coveredText(entry: Omit<Placed, 'chain' | 'seq'>): string {
  const covered = [
    entry.id,
    entry.kind,
    entry.at,
    entry.sessionId,
    entry.callId,
    entry.principalId,
    entry.principal,
    entry.client,
    entry.connectionId,
    entry.connection,
    entry.action,
    entry.resource,
    entry.outcome,
    entry.policyVersion,
    entry.masked,
    entry.body,
  ]
  return JSON.stringify(covered).slice(1)
}

/** Gives a draft its place. */
export function chained(draft: EntryDraft, chain: string, seq: number, previousHash: string): Entry {
  const entry: Entry = {
    chain,
    seq,
    id: draft.id,
    kind: draft.kind,
    at: draft.at,
    sessionId: draft.sessionId,
    callId: draft.callId,
    principalId: plain(draft.principalId),
    principal: short(draft.principal),
    client: short(draft.client),
    connectionId: draft.connectionId,
    connection: short(draft.connection),
    action: short(draft.action),
    resource: short(draft.resource),
    outcome: draft.outcome,
    policyVersion: draft.policyVersion,
    masked: draft.masked,
    body: plain(draft.body),
    previousHash,
    hash: '',
  }
  entry.hash = entryHash(previousHash, entry)
  return entry
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
