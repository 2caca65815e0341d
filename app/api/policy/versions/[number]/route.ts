import { viewerContext } from '../../../../../server/auth'
import { getVersion } from '../../../../../server/roles/get-version'
import { json } from '../../../json'

export const GET = json(async (_, { number }) => {
  const { document } = await getVersion(await viewerContext(), Number(number))
  return { number: Number(number), document }
})
