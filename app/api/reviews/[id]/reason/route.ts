import { viewerContext } from '../../../../../server/auth'
import { giveReason } from '../../../../../server/reviews/give-reason'
import { json } from '../../../json'

export const POST = json(async (request, { id = '' }) => giveReason(await viewerContext(), id, await request.json()))
