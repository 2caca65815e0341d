import { viewerContext } from '../../../server/auth'
import { listGrants } from '../../../server/grants/list-grants'
import { json } from '../json'

export const GET = json(async () => listGrants(await viewerContext()))
