import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Bell, ring, startBell } from './notify'
import { quiet, startTestDatabase, type TestDatabase, until } from './testing'

let database: TestDatabase
let bell: Bell
let heard: string[]

beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  heard = []
  bell = await startBell(database.serverUrl, quiet)
})
afterEach(() => bell.close())

const listen = () => bell.on('reviews', (payload) => void heard.push(payload))
const told = (payload: string) => until(() => heard.includes(payload))

describe('the bell', () => {
  test('rings for its topic, once the change is there, and not for one that was taken back', async () => {
    listen()
    await database.db
      .transaction(async (tx) => {
        await ring(tx, 'reviews', 'taken back')
        throw new Error('no')
      })
      .catch(() => {})
    await database.db.transaction((tx) => ring(tx, 'grants', 'of another topic'))
    await database.db.transaction(async (tx) => {
      await ring(tx, 'reviews', `first, with 'quotes' and "more"`)
      await tx.execute(sql`select 1`)
    })
    await told(`first, with 'quotes' and "more"`)
    expect(heard).toEqual([`first, with 'quotes' and "more"`])
  })

  test('tells everyone, also after a listener that throws, and nobody who left', async () => {
    const stop = bell.on('reviews', () => void heard.push('gone'))
    bell.on('reviews', () => {
      throw new Error('no')
    })
    listen()
    stop()
    await ring(database.db, 'reviews', 'a')
    await told('a')
    expect(heard).toEqual(['a'])
  })

  test('survives what is not its own on the channel', async () => {
    listen()
    await database.db.execute(sql`select pg_notify('sallyport', 'not json')`)
    await database.db.execute(sql`select pg_notify('sallyport', 'null')`)
    await ring(database.db, 'reviews', 'a')
    await told('a')
  })

  test('asks everyone to look for themselves after its connection broke, and then rings again', async () => {
    listen()
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sallyport bell'`,
    )
    await told('')
    await ring(database.db, 'reviews', 'after')
    await told('after')
  })

  test('says for which topics it rang since somebody looked; after a broken line, for any', async () => {
    const before = bell.count()
    await ring(database.db, 'grants', 'a')
    await until(() => bell.count() > before)
    expect(bell.since(before)).toEqual(['grants'])
    const after = bell.count()
    expect(bell.since(after)).toEqual([])
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sallyport bell'`,
    )
    await until(() => bell.since(after).length > 0)
    expect(bell.since(after)).toEqual(expect.arrayContaining(['reviews', 'grants', 'policy', 'agents', 'connections']))
  })

  test('asks everyone to look even if nothing rang, because a bell may be lost', async () => {
    listen()
    await told('')
  })

  test('comes back after the whole server died', async () => {
    listen()
    const broken = breakFromOutside()
    // The last backends outlive their server for a moment; what they take is not heard by anybody.
    await until(() => serverId() !== broken)
    await until(() =>
      ring(database.db, 'reviews', 'again').then(
        () => heard.includes('again'),
        () => false,
      ),
    )
  })
})

/** kill -9 on the server, which is then started again; every connection breaks without a word. */
function breakFromOutside(): string {
  const pid = serverId()
  process.kill(Number(pid), 'SIGKILL')
  return pid
}

/** Empty while there is no server. */
function serverId(): string {
  try {
    return readFileSync(join(database.dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0] ?? ''
  } catch {
    return ''
  }
}

test('without a server it says so at once', async () => {
  await expect(startBell('postgresql://nobody:x@127.0.0.1:1/none', quiet)).rejects.toThrow('ECONNREFUSED')
})
