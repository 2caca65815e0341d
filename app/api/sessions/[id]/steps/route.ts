import { viewerContext } from '../../../../../server/auth'
import { listSteps } from '../../../../../server/sessions/list-steps'
import { StepFilter } from '../../../../../server/sessions/schemas'
import { json } from '../../../json'

export const GET = json(async (request, { id = '' }) =>
  listSteps(await viewerContext(), id, StepFilter.parse(Object.fromEntries(new URL(request.url).searchParams))),
)
