import { viewerContext } from '../../../../../server/auth'
import { muteCaller, unmuteCaller } from '../../../../../server/reviews/mute-caller'
import { json } from '../../../json'

export const POST = json(async (request, { id = '' }) =>
  muteCaller(await viewerContext(), { ...(await request.json()), reviewId: id }),
)

export const DELETE = json(async (_, { id = '' }) => unmuteCaller(await viewerContext(), id))
