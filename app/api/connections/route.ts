import { viewerContext } from '../../../server/auth'
import { getConnection, listConnections } from '../../../server/connections/read-connections'
import { createConnection } from '../../../server/connections/save-connection'
import { runtime } from '../../../server/runtime'
import { json } from '../json'

export const GET = json(async () => listConnections(await viewerContext()))

export const POST = json(async (request) => {
  const ctx = await viewerContext()
  const { name, credential, ...target } = await request.json()
  const { keys, env, connections } = runtime()
  const { name: created } = await createConnection(ctx, { keys, rules: env }, { name, target, credential })
  await connections.refresh()
  return getConnection(ctx, created)
})
