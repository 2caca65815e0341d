import { viewerContext } from '../../../../../server/auth'
import { pinnedLookup, urlProblem } from '../../../../../server/connections/upstream-url'
import { testChannel } from '../../../../../server/notices/test-channel'
import { runtime } from '../../../../../server/runtime'
import { json } from '../../../json'

export const POST = json(async (_, { id = '' }) => {
  const { keys, env } = runtime()
  const reach = { problem: (url: string) => urlProblem(url, env), lookup: pinnedLookup(env) }
  return testChannel(await viewerContext(), { keys, reach, publicUrl: env.publicUrl }, id)
})
