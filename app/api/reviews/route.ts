import { refreshGroups, viewerContext } from '../../../server/auth'
import { askAccess } from '../../../server/reviews/ask-access'
import { listReviews } from '../../../server/reviews/list-reviews'
import { ReviewFilter } from '../../../server/reviews/schemas'
import { runtime } from '../../../server/runtime'
import { json } from '../json'

export const GET = json(async (request) =>
  listReviews(await viewerContext(), ReviewFilter.parse(Object.fromEntries(new URL(request.url).searchParams))),
)

/** Access asked for ahead, by the policy and the groups of this moment. */
export const POST = json(async (request) => {
  const ctx = await viewerContext()
  const viewer = await refreshGroups(ctx.viewer)
  const { db, keys, policy, connections } = runtime()
  const asking = { db, keys, policy: policy.current(), connections: connections.list() }
  return askAccess({ ...ctx, viewer }, asking, await request.json())
})
