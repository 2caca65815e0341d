import { refreshGroups, viewerContext } from '../../../../../server/auth'
import { vote } from '../../../../../server/reviews/vote'
import { runtime } from '../../../../../server/runtime'
import { json } from '../../../json'

/** Groups are read from the issuer again first: who may answer is decided at the moment of the vote. */
export const POST = json(async (request, { id }) => {
  const ctx = await viewerContext()
  const viewer = await refreshGroups(ctx.viewer)
  return vote({ ...ctx, viewer }, runtime().keys, { ...(await request.json()), reviewId: id })
})
