import { refreshGroups, refreshOthers, viewerContext } from '../../../../../server/auth'
import { vote } from '../../../../../server/reviews/vote'
import { approversOf } from '../../../../../server/reviews/voters'
import { runtime } from '../../../../../server/runtime'
import { json } from '../../../json'

/** Groups are read from the issuer again first, of whoever approved before as well: who may answer is decided at the moment of the vote. */
export const POST = json(async (request, { id = '' }) => {
  const ctx = await viewerContext()
  const viewer = await refreshGroups(ctx.viewer)
  await refreshOthers(await approversOf(ctx.db, id))
  return vote({ ...ctx, viewer }, runtime().keys, { ...(await request.json()), reviewId: id })
})
