import { viewerContext } from '../../../../server/auth'
import { seenFields } from '../../../../server/roles/seen-fields'
import { json } from '../../json'

export const GET = json(async (request) =>
  seenFields(await viewerContext(), new URL(request.url).searchParams.get('connection') ?? ''),
)
