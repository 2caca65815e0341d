import { viewerContext } from '../../../../../server/auth'
import { cancelReview } from '../../../../../server/reviews/cancel-review'
import { json } from '../../../json'

export const POST = json(async (_, { id = '' }) => cancelReview(await viewerContext(), id))
