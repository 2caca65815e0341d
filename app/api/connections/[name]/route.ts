import { viewerContext } from '../../../../server/auth'
import { getConnection } from '../../../../server/connections/read-connections'
import { removeConnection, updateConnection } from '../../../../server/connections/save-connection'
import { runtime } from '../../../../server/runtime'
import { json } from '../../json'

export const GET = json(async (_, { name = '' }) => getConnection(await viewerContext(), name))

export const PATCH = json(async (request, { name = '' }) => {
  const { keys, env } = runtime()
  return updateConnection(await viewerContext(), { keys, rules: env }, name, await request.json())
})

export const DELETE = json(async (_, { name = '' }) => removeConnection(await viewerContext(), name))
