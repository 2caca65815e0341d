import { viewerContext } from '../../../../../server/auth'
import { decideTools } from '../../../../../server/connections/decide-tools'
import { listQuarantine } from '../../../../../server/connections/list-quarantine'
import { runtime } from '../../../../../server/runtime'
import { json } from '../../../json'

export const GET = json(async (_, { name = '' }) => listQuarantine(await viewerContext(), name))

export const POST = json(async (request, { name = '' }) => {
  await decideTools(await viewerContext(), name, await request.json())
  await runtime().connections.refresh()
})
