import type { Entry } from '../types'

type Kind = keyof typeof kinds
type Column = { name: string; kind: Kind; of: (entry: Entry) => string | number | null }

/** Columns of `entries`, in the order of the type `entry_row`. */
export const columns: Column[] = [
  { name: 'chain', kind: 'uuid', of: (entry) => entry.chain },
  { name: 'seq', kind: 'bigint', of: (entry) => entry.seq },
  { name: 'id', kind: 'uuid', of: (entry) => entry.id },
  { name: 'kind', kind: 'text', of: (entry) => entry.kind },
  { name: 'at', kind: 'timestamptz', of: (entry) => entry.at },
  { name: 'session_id', kind: 'uuid', of: (entry) => entry.sessionId },
  { name: 'call_id', kind: 'uuid', of: (entry) => entry.callId },
  { name: 'principal_id', kind: 'text', of: (entry) => entry.principalId },
  { name: 'principal', kind: 'text', of: (entry) => entry.principal },
  { name: 'client', kind: 'text', of: (entry) => entry.client },
  { name: 'connection_id', kind: 'uuid', of: (entry) => entry.connectionId },
  { name: 'connection', kind: 'text', of: (entry) => entry.connection },
  { name: 'action', kind: 'text', of: (entry) => entry.action },
  { name: 'resource', kind: 'text', of: (entry) => entry.resource },
  { name: 'outcome', kind: 'text', of: (entry) => entry.outcome },
  { name: 'policy_version', kind: 'integer', of: (entry) => entry.policyVersion },
  { name: 'masked', kind: 'integer', of: (entry) => entry.masked },
  { name: 'body', kind: 'text', of: (entry) => entry.body },
  { name: 'previous_hash', kind: 'text', of: (entry) => entry.previousHash },
  { name: 'hash', kind: 'text', of: (entry) => entry.hash },
]

const since = Date.UTC(2000, 0, 1)

/** How PostgreSQL receives each type (its `recv` functions): the type's number, and what writes a value and returns where it ends. */
const kinds = {
  text: { oid: 25, write: (out: Buffer, value: string, at: number) => at + out.write(value, at) },
  uuid: { oid: 2950, write: writeUuid },
  integer: { oid: 23, write: (out: Buffer, value: number, at: number) => out.writeInt32BE(value, at) },
  bigint: { oid: 20, write: writeLong },
  // Microseconds since 2000.
  timestamptz: {
    oid: 1184,
    write: (out: Buffer, value: string, at: number) => writeLong(out, (Date.parse(value) - since) * 1000, at),
  },
} satisfies Record<string, { oid: number; write: (out: Buffer, value: never, at: number) => number }>

/** Throws what PostgreSQL would say unless it is one: it would take bytes that are missing for a broken connection. */
function writeUuid(out: Buffer, value: string, at: number): number {
  const end = at + out.write(value.replaceAll('-', ''), at, 'hex')
  if (end - at !== 16) throw Object.assign(new Error(`\`${value}\` is no UUID`), { code: '22P02' })
  return end
}

/** Of whole numbers that a double holds, and none below zero. */
function writeLong(out: Buffer, value: number, at: number): number {
  out.writeUInt32BE(Math.floor(value / 2 ** 32), at)
  return out.writeUInt32BE(value % 2 ** 32, at + 4)
}

/** Of a row, and of each of its columns, before the value. */
const rowHead = 8
const columnHead = 8
/** What no value of another kind than text is longer than. */
const fixedMax = 16

/** An array of `entry_row`, whose number in this database is `rowOid`, in PostgreSQL's binary format (array_recv, record_recv). */
export function entryRows(entries: Entry[], rowOid: number): Buffer {
  const out = Buffer.allocUnsafe(entries.reduce((sum, entry) => sum + sizeMax(entry), 20))
  let at = 0
  // One dimension, no nulls, of this type, so many, counted from 1.
  for (const word of [1, 0, rowOid, entries.length, 1]) at = out.writeInt32BE(word, at)
  for (const entry of entries) at = writeRow(out, entry, at)
  return out.subarray(0, at)
}

function sizeMax(entry: Entry): number {
  let size = rowHead + columns.length * columnHead
  for (const { kind, of } of columns) size += kind === 'text' ? Buffer.byteLength(of(entry) as string) : fixedMax
  return size
}

function writeRow(out: Buffer, entry: Entry, start: number): number {
  let at = out.writeInt32BE(columns.length, start + 4)
  for (const { kind, of } of columns) {
    const { oid, write } = kinds[kind]
    const value = of(entry)
    at = out.writeInt32BE(oid, at)
    const end = value === null ? at + 4 : write(out, value as never, at + 4)
    out.writeInt32BE(value === null ? -1 : end - at - 4, at)
    at = end
  }
  out.writeInt32BE(at - start - 4, start)
  return at
}
