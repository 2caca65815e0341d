import { viewerContext } from '../../../../../server/auth'
import { getAnswers } from '../../../../../server/reviews/get-answers'
import { json } from '../../../json'

export const GET = json(async (_, { id = '' }) => getAnswers(await viewerContext(), id))
