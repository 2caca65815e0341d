import { revokeAgent } from '../../../../server/agents/revoke-agent'
import { viewerContext } from '../../../../server/auth'
import { json } from '../../json'

export const DELETE = json(async (_, { id = '' }) => revokeAgent(await viewerContext(), id))
