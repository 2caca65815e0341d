import { viewerContext } from '../../../server/auth'
import { createConnection } from '../../../server/connections/create-connection'
import { getConnection } from '../../../server/connections/get-connection'
import { listConnections } from '../../../server/connections/list-connections'
import { NewConnection } from '../../../server/connections/schemas'
import { testNow } from '../../../server/connections/test-connection'
import { runtime } from '../../../server/runtime'
import { reach } from '../../../server/upstream/reach'
import { json } from '../json'

export const GET = json(async () => listConnections(await viewerContext()))

export const POST = json(async (request) => {
  const ctx = await viewerContext()
  const { keys, env, connections } = runtime()
  const created = await createConnection(ctx, { keys, rules: env }, NewConnection.parse(await request.json()))
  // What it lists now is pinned.
  const check = await testNow(ctx, { connections, reachOf: reach }, created.name)
  return { ...(await getConnection(ctx, created.name)), check }
})
