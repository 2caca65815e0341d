import { viewerContext } from '../../../../server/auth'
import { countMine } from '../../../../server/reviews/count-reviews'
import { json } from '../../json'

/** How many questions wait for this viewer's answer. */
export const GET = json(async () => ({ waiting: await countMine(await viewerContext()) }))
