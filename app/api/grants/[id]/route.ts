import { viewerContext } from '../../../../server/auth'
import { revokeGrant } from '../../../../server/grants/revoke-grant'
import { json } from '../../json'

export const DELETE = json(async (_, { id = '' }) => revokeGrant(await viewerContext(), id))
