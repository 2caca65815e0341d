import { viewerContext } from '../../../../../server/auth'
import { setCredential } from '../../../../../server/connections/save-connection'
import { runtime } from '../../../../../server/runtime'
import { json } from '../../../json'

export const PUT = json(async (request, { name = '' }) => {
  const { keys, env } = runtime()
  await setCredential(await viewerContext(), { keys, rules: env }, name, await request.json())
})

export const DELETE = json(async (_, { name = '' }) => {
  const { keys, env } = runtime()
  await setCredential(await viewerContext(), { keys, rules: env }, name, null)
})
