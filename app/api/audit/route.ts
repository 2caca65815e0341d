import { listEvents } from '../../../server/audit/list-events'
import { EventFilter } from '../../../server/audit/schemas'
import { viewerContext } from '../../../server/auth'
import { json } from '../json'

export const GET = json(async (request) =>
  listEvents(await viewerContext(), EventFilter.parse(Object.fromEntries(new URL(request.url).searchParams))),
)
