import { isAdmin, viewerContext } from '../../../../server/auth'
import { getReview } from '../../../../server/reviews/get-review'
import { runtime } from '../../../../server/runtime'
import { json } from '../../json'

export const GET = json(async (_, { id = '' }) =>
  getReview(await viewerContext(), { keys: runtime().keys, isAdmin }, id),
)
