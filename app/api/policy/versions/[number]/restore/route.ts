import { viewerContext } from '../../../../../../server/auth'
import { rollBack } from '../../../../../../server/roles/roll-back'
import { runtime } from '../../../../../../server/runtime'
import { json } from '../../../../json'

export const POST = json(async (request, { number }) => {
  const made = await rollBack(await viewerContext(), Number(number), await request.json())
  await runtime().policy.refresh()
  return { number: made.number, changed: made.changed }
})
