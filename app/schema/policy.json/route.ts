import { policyJsonSchema } from '../../../server/policy/document'
import { runtime } from '../../../server/runtime'

export const dynamic = 'force-dynamic'

/** JSON Schema of a policy file, for editors. Public: it says nothing of this installation. */
export const GET = () =>
  Response.json(
    { $id: `${runtime().env.publicUrl}/schema/policy.json`, ...policyJsonSchema() },
    { headers: { 'cache-control': 'public, max-age=3600', 'access-control-allow-origin': '*' } },
  )
