import { viewerContext } from '../../../server/auth'
import { urlProblem } from '../../../server/connections/upstream-url'
import { listNotices } from '../../../server/notices/list-notices'
import { createChannel } from '../../../server/notices/save-channel'
import { runtime } from '../../../server/runtime'
import { json } from '../json'

export const GET = json(async () => listNotices(await viewerContext()))

export const POST = json(async (request) => {
  const { keys, env } = runtime()
  const reach = { problem: (url: string) => urlProblem(url, env) }
  return createChannel(await viewerContext(), { keys, reach }, await request.json())
})
