import { viewerContext } from '../../../../server/auth'
import { askPolicy } from '../../../../server/roles/ask/ask-policy'
import { runtime } from '../../../../server/runtime'
import { json } from '../../json'
import { documentBytesMax } from '../limits'

export const POST = json(
  async (request) => askPolicy(await viewerContext(), await request.json(), runtime().policy.current()),
  { bytesMax: documentBytesMax },
)
