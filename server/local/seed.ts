import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createConnection } from '../connections/create-connection'
import { testConnection } from '../connections/test-connection'
import { tryConnection } from '../connections/try-connection'
import { updateConnection } from '../connections/update-connection'
import { contextOf } from '../context'
import type { Embedded } from '../db/embedded'
import { parsePolicy } from '../policy/document'
import { storedPolicy } from '../policy/print'
import { publishFirst } from '../roles/publish'
import { root } from '../root'
import type { Runtime } from '../runtime'
import type { Viewer } from '../types'
import { reach } from '../upstream/reach'
import { localAgent, startLocalAgent } from './agent'
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

/** The demo: a policy where there is none, and a shop behind a real agent, with a database of its own. Returns what ends it. */
export async function seedLocal(runtime: Runtime, embedded: Embedded): Promise<() => Promise<void>> {
  await publishFirst(runtime.db, demoPolicy(), self)
  await runtime.policy.refresh()
  const database = await embedded.database(name)
  await fillShop(database)
  const agent = await startLocalAgent(runtime, contextOf(self), { shop: database })
  if (agent !== null) await connect(runtime)
  return agent ?? (async () => {})
}

function demoPolicy(): string {
  const read = parsePolicy(readFileSync(join(root, 'server/local/policy.yaml'), 'utf8'))
  if (!read.ok) throw new Error(`the demo's policy does not read: ${read.problems[0]?.message}`)
  return storedPolicy(read.document)
}

async function connect(runtime: Runtime): Promise<void> {
  const ctx = contextOf(self)
  const tools = { keys: runtime.keys, rules: runtime.env }
  const sql = [{ tool: 'query', argument: 'sql', dialect: 'postgres' }]
  const target = { transport: 'agent', agent: localAgent, target: name, sql }
  const known = runtime.connections.get(name)
  if (known === null) await createConnection(ctx, tools, { name, target: { ...target, pinning: 'strict' } })
  // Older ones were reached over HTTP. Of later ones an administrator decides.
  else if (known.transport === 'http') await updateConnection(ctx, tools, name, target)
  await runtime.connections.refresh()
  const connection = runtime.connections.get(name)
  if (connection === null) throw new Error('the demo connection is missing')
  // Its agent is still on the way: that is no failure to show.
  const end = Date.now() + startWithinMs
  while (Date.now() < end && !(await tryConnection(connection, reach(connection))).ok) await sleep(100)
  const result = await testConnection(ctx, connection, reach(connection))
  if (!result.ok) throw new Error(`the demo shop does not work: ${result.message}`)
  await runtime.connections.refresh()
}
