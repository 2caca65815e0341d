import { viewerContext } from '../../../server/auth'
import { listGrants } from '../../../server/grants/list-grants'
import { runtime } from '../../../server/runtime'
import { json } from '../json'

export const GET = json(async () => {
  const { policy, connections } = runtime()
  return listGrants(await viewerContext(), { policy: policy.current(), connections: connections.list() })
})
