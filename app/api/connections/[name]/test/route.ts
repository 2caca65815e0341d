import { viewerContext } from '../../../../../server/auth'
import { testNow } from '../../../../../server/connections/test-connection'
import { runtime } from '../../../../../server/runtime'
import { reach } from '../../../../../server/upstream/reach'
import { json } from '../../../json'

export const POST = json(async (_, { name = '' }) => {
  const { connections } = runtime()
  return testNow(await viewerContext(), { connections, reachOf: reach }, name)
})
