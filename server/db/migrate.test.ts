import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../root'
import { type Embedded, startEmbedded } from './embedded'
import { migrateDatabase } from './migrate'
import { checkPrivileges } from './privileges'
import { asRole, quiet, removeDir, tempDir } from './testing'

let dataDir: string
let server: Embedded
let superuser: string
let owner: string
let narrow: string

const as = (role: string, database = 'elsewhere') => {
  const url = new URL(superuser)
  url.username = role
  url.password = 'secret'
  url.pathname = `/${database}`
  return url.href
}

// A server that somebody else set up, as docs/operations.md tells: an owner, a narrow role, a database.
beforeAll(async () => {
  dataDir = tempDir()
  server = await startEmbedded({ dataDir, log: quiet })
  const { passwords } = JSON.parse(readFileSync(join(dataDir, 'postgres.json'), 'utf8'))
  superuser = server.adminUrl.replace(/\/\/.*@/, `//postgres:${passwords.postgres}@`).replace(/\w+$/, 'elsewhere')
  const setUp = superuser.replace(/\w+$/, 'postgres')
  await asRole(setUp, `create role their_owner login password 'secret'`)
  await asRole(setUp, `create role "narrow-role" login password 'secret'`)
  await asRole(setUp, 'create database elsewhere owner their_owner')
  owner = as('their_owner')
  narrow = as('narrow-role')
})
afterAll(async () => {
  await server.stop()
  removeDir(dataDir)
})

describe('migrating a PostgreSQL of somebody else', () => {
  test('several instances that start at once do it once', async () => {
    await Promise.all(Array.from({ length: 4 }, () => migrateDatabase(owner, narrow)))
    await migrateDatabase(owner, narrow)
    const { rows } = await asRole(owner, 'select hash, count(*) from migrations group by hash')
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.every((row) => row.count === '1')).toBe(true)
    await checkPrivileges(narrow)
  })

  test('a record in which a call has two answers from before stays as it is, and gets no third', async () => {
    const [two, one] = ['00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001']
    const answer = (call: string, at: string) =>
      asRole(
        owner,
        `insert into entries select gen_random_uuid(), 1, gen_random_uuid(), 'reply', ${at}, null, '${call}',
          ${text('p', 'p', 'c')}, null, ${text('shop', 'tools/call', 'x', 'ok')}, 1, 0, ${text('{}', '', 'h')}`,
      )
    const again = readFileSync(join(root, 'drizzle/0011_one_answer.sql'), 'utf8').split('--> statement-breakpoint')[1]
    await asRole(owner, 'drop index entries_reply')
    await asRole(owner, 'create index entries_call on entries (call_id) where call_id is not null')
    await answer(two, 'now()')
    await answer(two, 'now()')
    await asRole(owner, again ?? '')
    await answer(one, `now() + interval '1 second'`)
    await expect(answer(one, `now() + interval '1 second'`)).rejects.toThrow('entries_reply')
    await asRole(owner, 'drop index entries_reply, entries_call')
    await asRole(owner, `delete from entries where kind = 'reply'`)
    await asRole(owner, `create unique index entries_reply on entries (call_id) where kind = 'reply'`)
  })

  const text = (...names: string[]) => names.map((name) => `'${name}'`).join(', ')
  const entry = `insert into entries select gen_random_uuid(), 1, gen_random_uuid(), 'call', now(), null, null,
    ${text('p', 'p', 'c')}, null, ${text('shop', 'tools/call', 'x', '')}, 1, 0, ${text('{}', '', 'h')}`
  const version = `insert into policy_versions values (1, 'a', now(), 'm', 'd', '', 'h')`
  const statements: [statement: string, allowed: boolean][] = [
    [entry, true],
    ['select * from entries', true],
    [`update entries set body = ''`, false],
    ['delete from entries', false],
    ['truncate entries', false],
    ['drop table entries', false],
    [version, true],
    ['select * from policy_versions', true],
    ['select * from policy_versions for share', false],
    [`update policy_versions set document = ''`, false],
    ['delete from policy_versions', false],
    ['truncate policy_versions', false],
    [`insert into signed_heads (at, heads, public_key, signature) values (now(), '', '', '')`, true],
    ['delete from signed_heads', false],
    [`update votes set verdict = 'approve'`, false],
    ['delete from votes', false],
    ['update reviews set settled_at = now()', true],
    ['delete from reviews', false],
    ['delete from grants', false],
    ['delete from tools', true],
    [`insert into connection_checks (connection_id, ok) values (gen_random_uuid(), true)`, true],
    ['create table mine (n int)', false],
    ['create schema mine', false],
    ['select * from migrations', false],
  ]
  for (const [statement, allowed] of statements)
    test(`the server's role ${allowed ? 'may' : 'may not'} ${statement.slice(0, 60)}`, async () => {
      const run = asRole(narrow, statement)
      if (allowed) await run
      else await expect(run).rejects.toThrow(/permission denied|must be owner/)
    })

  test('what the role was given by hand beyond that is taken back', async () => {
    await asRole(owner, 'grant all on entries, policy_versions to "narrow-role"')
    await expect(checkPrivileges(narrow)).rejects.toThrow('able to change or remove rows')
    await migrateDatabase(owner, narrow)
    await checkPrivileges(narrow)
  })
})

describe('a server whose role could change the record does not start', () => {
  const excesses: [what: string, give: string[], why: RegExp][] = [
    ['may update entries', ['grant update on entries to excess'], /change or remove rows/],
    ['may update one column of entries', ['grant update (body) on entries to excess'], /change or remove rows/],
    ['may delete policy versions', ['grant delete on policy_versions to excess'], /change or remove rows/],
    ['may truncate entries', ['grant truncate on entries to excess'], /change or remove rows/],
    ['may put a trigger on entries', ['grant trigger on entries to excess'], /change or remove rows/],
    ['may write all tables', ['grant pg_write_all_data to excess'], /change or remove rows/],
    ['may become the owner', ['alter role excess noinherit', 'grant their_owner to excess'], /owner of its tables/],
    ['owns the database', ['alter database elsewhere owner to excess'], /owner of the database/],
    ['may make roles', ['alter role excess createrole'], /able to create roles/],
    ['may run programs on the server', ['grant pg_execute_server_program to excess'], /write the server's files/],
    ['is a superuser', ['alter role excess superuser'], /a superuser/],
  ]
  for (const [what, give, why] of excesses)
    test(`because it ${what}`, async () => {
      await asRole(superuser, `create role excess login password 'secret'`)
      for (const statement of give) await asRole(superuser, statement)
      await expect(checkPrivileges(as('excess'))).rejects.toThrow(why)
      await asRole(superuser, 'alter database elsewhere owner to their_owner')
      await asRole(superuser, 'drop owned by excess')
      await asRole(superuser, 'drop role excess')
      await checkPrivileges(narrow)
    })

  test('because it is the owner itself', async () => {
    await expect(checkPrivileges(owner)).rejects.toThrow('put the owner in DATABASE_ADMIN_URL')
  })
})

test('a database that does not answer is named by its variable, without its password', async () => {
  const nowhere = 'postgresql://someone:hunter2@localhost:1/none'
  await expect(migrateDatabase(nowhere, narrow)).rejects.toThrow(
    /^the database of DATABASE_ADMIN_URL cannot be used: .*ECONNREFUSED/,
  )
  await expect(checkPrivileges(nowhere)).rejects.toThrow(/^the database of DATABASE_URL cannot be used: .*ECONNREFUSED/)
  await expect(checkPrivileges(nowhere)).rejects.not.toThrow('hunter2')
})
