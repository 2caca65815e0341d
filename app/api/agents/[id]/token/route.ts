import { renewToken } from '../../../../../server/agents/renew-token'
import { viewerContext } from '../../../../../server/auth'
import { json } from '../../../json'

export const POST = json(async (_, { id = '' }) => renewToken(await viewerContext(), id))
