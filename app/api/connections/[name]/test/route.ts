import { viewerContext } from '../../../../../server/auth'
import { testConnection } from '../../../../../server/connections/test-connection'
import { Refusal } from '../../../../../server/errors'
import { runtime } from '../../../../../server/runtime'
import { reach } from '../../../../../server/upstream/reach'
import { json } from '../../../json'

export const POST = json(async (_, { name = '' }) => {
  const ctx = await viewerContext()
  const { connections } = runtime()
  await connections.refresh()
  const connection = connections.get(name)
  if (connection === null) throw new Refusal('not-found', `there is no connection \`${name}\``)
  return testConnection(ctx, connection, reach(connection))
})
