import { refreshGroups, viewerContext } from '../../../../../server/auth'
import { counterReview } from '../../../../../server/reviews/counter'
import { runtime } from '../../../../../server/runtime'
import { json } from '../../../json'

/** Decided by the policy and on the connection of this moment, with groups read from the issuer again. */
export const POST = json(async (request, { id = '' }) => {
  const ctx = await viewerContext()
  const viewer = await refreshGroups(ctx.viewer)
  const { keys, policy, connections } = runtime()
  const deciding = { keys, policy: policy.current(), connections: connections.list() }
  return counterReview({ ...ctx, viewer }, deciding, { ...(await request.json()), reviewId: id })
})
