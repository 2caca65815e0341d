import { viewerContext } from '../../../../server/auth'
import { tryTarget } from '../../../../server/connections/try-target'
import { runtime } from '../../../../server/runtime'
import { reach } from '../../../../server/upstream/reach'
import { json } from '../../json'

export const POST = json(async (request) => {
  const { keys, env } = runtime()
  return tryTarget(await viewerContext(), { keys, rules: env }, reach, await request.json())
})
