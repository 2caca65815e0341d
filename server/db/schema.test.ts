import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import { expect, test } from 'vitest'
import * as identity from './identity-schema'
import * as record from './record-schema'
import * as review from './review-schema'
import * as schema from './schema'

const meta = join(import.meta.dirname, '../../drizzle/meta')
const read = (name: string) => JSON.parse(readFileSync(join(meta, name), 'utf8'))

test('the migrations make exactly the tables of the schema; if not, run `npm run migrations`', async () => {
  const last = read('_journal.json').entries.at(-1)
  const snapshot = read(`${String(last.idx).padStart(4, '0')}_snapshot.json`)
  expect(
    await generateMigration(
      snapshot,
      generateDrizzleJson({ ...schema, ...identity, ...record, ...review }, snapshot.id),
    ),
  ).toEqual([])
})
