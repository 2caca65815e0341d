import { isAdmin, refreshGroups, refreshOthers, viewerContext } from '../../../../../server/auth'
import { breakGlass } from '../../../../../server/reviews/break-glass'
import { getReview } from '../../../../../server/reviews/get-review'
import { approversOf } from '../../../../../server/reviews/voters'
import { runtime } from '../../../../../server/runtime'
import { json } from '../../../json'

/** The question with its arguments whole, for an administrator who may let it through; that they looked is recorded. */
export const GET = json(async (_, { id = '' }) =>
  getReview(await viewerContext(), { keys: runtime().keys, isAdmin }, id, { toBreak: true }),
)

export const POST = json(async (request, { id = '' }) => {
  const ctx = await viewerContext()
  const breaker = { ...ctx, viewer: await refreshGroups(ctx.viewer) }
  await refreshOthers(await approversOf(breaker, id))
  return breakGlass(breaker, isAdmin, { ...(await request.json()), reviewId: id })
})
