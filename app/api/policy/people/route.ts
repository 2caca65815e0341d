import { viewerContext } from '../../../../server/auth'
import { listPeople } from '../../../../server/roles/seen-people'
import { json } from '../../json'

export const GET = json(async () => listPeople(await viewerContext()))
