import { viewerContext } from '../../../../server/auth'
import { getConnection } from '../../../../server/connections/get-connection'
import { removeConnection } from '../../../../server/connections/remove-connection'
import { testNow } from '../../../../server/connections/test-connection'
import { updateConnection } from '../../../../server/connections/update-connection'
import { runtime } from '../../../../server/runtime'
import { reach } from '../../../../server/upstream/reach'
import { json } from '../../json'

export const GET = json(async (_, { name = '' }) => getConnection(await viewerContext(), name))

export const PATCH = json(async (request, { name = '' }) => {
  const { keys, env, connections } = runtime()
  const ctx = await viewerContext()
  const changed = await updateConnection(ctx, { keys, rules: env }, name, await request.json())
  return { ...changed, check: await testNow(ctx, { connections, reachOf: reach }, name) }
})

export const DELETE = json(async (_, { name = '' }) => {
  await removeConnection(await viewerContext(), name)
  await runtime().connections.refresh()
})
