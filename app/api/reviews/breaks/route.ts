import { viewerContext } from '../../../../server/auth'
import { listBreaks } from '../../../../server/reviews/list-breaks'
import { json } from '../../json'

export const GET = json(async () => listBreaks(await viewerContext()))
