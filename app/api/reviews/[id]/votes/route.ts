import { refreshGroups, refreshOthers, viewerContext } from '../../../../../server/auth'
import { vote } from '../../../../../server/reviews/vote'
import { approversOf } from '../../../../../server/reviews/voters'
import { runtime } from '../../../../../server/runtime'
import { json } from '../../../json'

/**
 * Groups are read from the issuer again first: who may answer is decided at the moment of the vote. Of whoever approved before as well, unless
 * it is a denial, which asks nobody else and waits for nobody.
 */
export const POST = json(async (request, { id = '' }) => {
  const ctx = await viewerContext()
  const voter = { ...ctx, viewer: await refreshGroups(ctx.viewer) }
  const input = await request.json()
  if (input?.verdict === 'approve') await refreshOthers(await approversOf(voter, id))
  return vote(voter, runtime().keys, { ...input, reviewId: id })
})
