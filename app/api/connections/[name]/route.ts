import { viewerContext } from '../../../../server/auth'
import { getConnection } from '../../../../server/connections/get-connection'
import { removeConnection } from '../../../../server/connections/remove-connection'
import { updateConnection } from '../../../../server/connections/update-connection'
import { runtime } from '../../../../server/runtime'
import { json } from '../../json'

export const GET = json(async (_, { name = '' }) => getConnection(await viewerContext(), name))

export const PATCH = json(async (request, { name = '' }) => {
  const { keys, env, connections } = runtime()
  const changed = await updateConnection(await viewerContext(), { keys, rules: env }, name, await request.json())
  await connections.refresh()
  return changed
})

export const DELETE = json(async (_, { name = '' }) => {
  await removeConnection(await viewerContext(), name)
  await runtime().connections.refresh()
})
