import { viewerContext } from '../../../../../../server/auth'
import { getStep } from '../../../../../../server/sessions/get-step'
import { json } from '../../../../json'

export const GET = json(async (_, { id = '', step = '' }) => getStep(await viewerContext(), id, step))
