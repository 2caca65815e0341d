import { viewerContext } from '../../../../server/auth'
import { listVersions } from '../../../../server/roles/list-versions'
import { json } from '../../json'

export const GET = json(async () => listVersions(await viewerContext()))
