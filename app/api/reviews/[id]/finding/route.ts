import { refreshGroups, viewerContext } from '../../../../../server/auth'
import { writeFinding } from '../../../../../server/reviews/write-finding'
import { json } from '../../../json'

export const POST = json(async (request, { id }) => {
  const ctx = await viewerContext()
  const viewer = await refreshGroups(ctx.viewer)
  return writeFinding({ ...ctx, viewer }, { ...(await request.json()), reviewId: id })
})
