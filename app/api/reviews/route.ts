import { viewerContext } from '../../../server/auth'
import { listReviews } from '../../../server/reviews/list-reviews'
import { ReviewFilter } from '../../../server/reviews/schemas'
import { json } from '../json'

export const GET = json(async (request) =>
  listReviews(await viewerContext(), ReviewFilter.parse(Object.fromEntries(new URL(request.url).searchParams))),
)
