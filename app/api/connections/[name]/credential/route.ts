import { viewerContext } from '../../../../../server/auth'
import { setCredential } from '../../../../../server/connections/set-credential'
import { runtime } from '../../../../../server/runtime'
import { json } from '../../../json'

export const PUT = json(async (request, { name = '' }) => {
  const { keys, connections } = runtime()
  await setCredential(await viewerContext(), { keys }, name, await request.json())
  await connections.refresh()
})

export const DELETE = json(async (_, { name = '' }) => {
  const { keys, connections } = runtime()
  await setCredential(await viewerContext(), { keys }, name, null)
  await connections.refresh()
})
