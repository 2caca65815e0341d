import { viewerContext } from '../../../server/auth'
import { listSessions } from '../../../server/sessions/list-sessions'
import { SessionFilter } from '../../../server/sessions/schemas'
import { json } from '../json'

export const GET = json(async (request) =>
  listSessions(await viewerContext(), SessionFilter.parse(Object.fromEntries(new URL(request.url).searchParams))),
)
