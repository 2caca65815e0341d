import { viewerContext } from '../../../../server/auth'
import { UnusedQuery } from '../../../../server/roles/schemas'
import { unusedPrivilege } from '../../../../server/roles/unused-privilege'
import { runtime } from '../../../../server/runtime'
import { json } from '../../json'

export const GET = json(async (request) =>
  unusedPrivilege(
    await viewerContext(),
    UnusedQuery.parse(Object.fromEntries(new URL(request.url).searchParams)),
    runtime().policy.current(),
  ),
)
