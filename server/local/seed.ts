import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createConnection } from '../connections/create-connection'
import { testConnection } from '../connections/test-connection'
import { updateConnection } from '../connections/update-connection'
import { contextOf } from '../context'
import type { Embedded } from '../db/embedded'
import { parsePolicy } from '../policy/document'
import { storedPolicy } from '../policy/print'
import { publishFirst } from '../roles/publish'
import type { Runtime } from '../runtime'
import type { Viewer } from '../types'
import { reach } from '../upstream/reach'
import { fillShop } from './shop/store'

const name = 'shop'
const startWithinMs = 20_000

/** Who the demo's own changes are recorded as. */
const self: Viewer = {
  id: 'sallyport',
  email: null,
  name: 'sallyport',
  groups: [],
  claims: {},
  kind: 'service',
  admin: true,
  auditor: false,
  groupsReadAt: new Date(0),
}

/** The demo: a policy where there is none, and a shop in a process of its own with a database of its own. Returns what ends it. */
export async function seedLocal(runtime: Runtime, embedded: Embedded): Promise<() => Promise<void>> {
  await publishFirst(runtime.db, demoPolicy(), self)
  const database = await embedded.database(name)
  await fillShop(database)
  const shop = await startShop(database, portOf(runtime.connections.get(name)?.url ?? null))
  await connect(runtime, shop.url)
  await runtime.policy.refresh()
  return shop.stop
}

function demoPolicy(): string {
  const read = parsePolicy(readFileSync(join(import.meta.dirname, 'policy.yaml'), 'utf8'))
  if (!read.ok) throw new Error(`the demo's policy does not read: ${read.problems[0]?.message}`)
  return storedPolicy(read.document)
}

/** The shop keeps its port where it can: a connection that points elsewhere is another target, and approvals are for one. */
const portOf = (url: string | null): string => (url === null ? '0' : new URL(url).port)

async function connect(runtime: Runtime, url: string): Promise<void> {
  const ctx = contextOf(self)
  const tools = { keys: runtime.keys, rules: runtime.env }
  const target = { transport: 'http', url, sql: [{ tool: 'query', argument: 'sql', dialect: 'postgres' }] }
  const known = runtime.connections.get(name)
  if (known === null) await createConnection(ctx, tools, { name, target })
  else if (known.url !== url) await updateConnection(ctx, tools, name, target)
  await runtime.connections.refresh()
  const connection = runtime.connections.get(name)
  if (connection === null) throw new Error('the demo connection is missing')
  const result = await testConnection(ctx, connection, reach(connection))
  if (!result.ok) throw new Error(`the demo shop does not work: ${result.message}`)
  await runtime.connections.refresh()
}

type Shop = { url: string; stop(): Promise<void> }

async function startShop(database: string, port: string): Promise<Shop> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'shop/main.ts'), '--http', port],
    {
      cwd: join(import.meta.dirname, '../..'),
      // Nothing of our own environment: the shop knows its database and nothing else.
      env: { NODE_ENV: 'production', PATH: process.env.PATH, SHOP_DATABASE_URL: database },
      stdio: ['pipe', 'pipe', 'inherit'],
      // Ctrl-C reaches the whole group; the shop ends with us, not before us.
      detached: true,
    },
  )
  const url = await firstLine(child)
  return { url, stop: () => ended(child) }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the demo shop did not start in time')), startWithinMs)
    child.once('exit', (code) => reject(new Error(`the demo shop ended with ${code}`)))
    child.once('error', reject)
    if (child.stdout === null) throw new Error('the demo shop has no output')
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer)
      resolve(line)
    })
  })
}

/** The shop ends when its input does. */
function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.stdin?.end()
    setTimeout(() => child.kill('SIGKILL'), 2000).unref()
  })
}
