import { viewerContext } from '../../../../server/auth'
import { removeChannel } from '../../../../server/notices/save-channel'
import { json } from '../../json'

export const DELETE = json(async (_, { id = '' }) => removeChannel(await viewerContext(), id))
