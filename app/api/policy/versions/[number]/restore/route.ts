import { viewerContext } from '../../../../../../server/auth'
import { rollBack } from '../../../../../../server/roles/roll-back'
import { Restore } from '../../../../../../server/roles/schemas'
import { runtime } from '../../../../../../server/runtime'
import { json } from '../../../../json'

export const POST = json(async (request, { number }) => {
  const { message } = Restore.parse(await request.json())
  const made = await rollBack(await viewerContext(), Number(number), message)
  await runtime().policy.refresh()
  return { number: made.number, changed: made.changed }
})
