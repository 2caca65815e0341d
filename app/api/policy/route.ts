import { viewerContext } from '../../../server/auth'
import { getPolicy } from '../../../server/roles/get-policy'
import { publishPolicy } from '../../../server/roles/publish'
import { runtime } from '../../../server/runtime'
import { json } from '../json'

export const GET = json(async () => getPolicy(await viewerContext()))

export const PUT = json(async (request) => {
  const version = await publishPolicy(await viewerContext(), await request.json())
  await runtime().policy.refresh()
  return { number: version.number, hash: version.hash }
})
