import type pg from 'pg'
import { type Context, type Database, requireAuditor, transaction } from '../context'
import { emit } from './emit'
import { readRecord, readTies } from './read-record'
import type { Report } from './schemas'
import { type RecordLine, RecordVerifier } from './verify'

/** The whole record as lines of JSON, as of one moment: signed heads, policy versions, entries chain by chain. */
export async function* exportRecord(ctx: Context): AsyncGenerator<RecordLine> {
  requireAuditor(ctx)
  const snapshot = await openSnapshot(ctx.db)
  try {
    yield* readRecord(snapshot.client)
  } finally {
    await snapshot.close()
  }
}

let checking: Promise<Report> | null = null

/** The same check that `verify-log` makes, on the database itself; that it was made is an event too. */
export async function verifyNow(ctx: Context, publicKey: string): Promise<Report> {
  requireAuditor(ctx)
  // It reads everything, so who asks meanwhile gets the same answer.
  checking ??= check(ctx.db, publicKey).finally(() => {
    checking = null
  })
  const report = await checking
  const { findings, ...counts } = report
  await transaction(ctx, (tx) =>
    emit(
      tx,
      { id: ctx.viewer.id, name: ctx.viewer.email ?? ctx.viewer.name },
      {
        action: 'record.verify',
        body: { holds: findings.length === 0, ...counts, findings: findings.slice(0, 20) },
      },
    ),
  )
  return report
}

async function check(db: Database, publicKey: string): Promise<Report> {
  const snapshot = await openSnapshot(db)
  try {
    return await verifyDatabase(snapshot.client, [publicKey])
  } finally {
    await snapshot.close()
  }
}

/** Verifies the record of a database in the snapshot of `client`. */
export async function verifyDatabase(client: pg.ClientBase, keys: string[]): Promise<Report> {
  const verifier = new RecordVerifier(keys)
  for await (const line of readTies(client)) verifier.learn(line)
  for await (const line of readRecord(client)) verifier.take(line)
  return verifier.end()
}

type Snapshot = { client: pg.PoolClient; close(): Promise<void> }

/** What is read through `client` is of one moment. Whoever forgets to close it is cut off after five minutes. */
async function openSnapshot(db: Database): Promise<Snapshot> {
  const client = await (db as Database & { $client: pg.Pool }).$client.connect()
  let broken: Error | undefined
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  const close = async () => {
    await client.query('rollback').catch(onError)
    client.off('error', onError)
    client.release(broken)
  }
  try {
    await client.query('begin isolation level repeatable read, read only')
    await client.query("set local idle_in_transaction_session_timeout = '5min'")
    return { client, close }
  } catch (error) {
    await close()
    throw error
  }
}
