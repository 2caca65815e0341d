import { viewerContext } from '../../../../server/auth'
import { seenClaims } from '../../../../server/roles/seen-claims'
import { json } from '../../json'

export const GET = json(async () => seenClaims(await viewerContext()))
