import { viewerContext } from '../../../../server/auth'
import { checkDraft } from '../../../../server/roles/check-draft'
import { json } from '../../json'
import { documentBytesMax } from '../limits'

export const POST = json(async (request) => checkDraft(await viewerContext(), await request.json()), {
  bytesMax: documentBytesMax,
})
