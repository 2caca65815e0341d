import { heldBack } from '../../connections/pins'
import { Refusal } from '../../errors'
import { liveGrants } from '../../grants/live-grants'
import { toolAccess } from '../../policy/ahead'
import { rolesOf, visible } from '../../policy/decide'
import { askingRules, lapseOf } from '../../policy/grants'
import { toolFacts } from '../../policy/tool-facts'
import { runtime } from '../../runtime'
import type { JsonObject, Principal } from '../../types'

/** Roles, and for each connection that this person may know of its tools: what runs, what asks, and what was given for a time. */
export async function myAccess(
  principal: Principal,
  { connection }: { connection?: string | undefined },
): Promise<JsonObject> {
  const { connections, db, env } = runtime()
  const policy = runtime().policy.current()
  const known = connections.list().filter(({ name }) => visible(policy, principal, name))
  const shown = connection === undefined ? known : known.filter(({ name }) => name === connection)
  if (connection !== undefined && shown.length === 0)
    throw new Refusal('not-found', 'there is no such connection, or no role of yours may use it')
  const now = new Date()
  const asking = askingRules(policy)
  const described = shown.map(async (one): Promise<JsonObject> => {
    // What was given for a tool that is described otherwise by now, or by a rule that is gone, covers nothing.
    const { targetHash } = one
    const grants = (await liveGrants(db, principal.id, one)).filter(
      (grant) => lapseOf({ ...grant, targetHash }, one, asking) === null,
    )
    const tools = [...one.tools]
      .filter(([name]) => heldBack(one, name) === null)
      .map(([name, known]) => toolAccess(policy, principal, one, { name, ...toolFacts(known) }, now))
    return {
      connection: one.name,
      address: `${env.publicUrl}/mcp/${one.name}`,
      tools: tools
        .filter(({ access }) => access !== 'denied')
        .map(({ tool, access, depends }) => ({ tool, access: meanings[access], dependsOnArguments: depends })),
      given: grants.map(({ resource, digest, endsAt, maxUses, used, when }) => ({
        what: digest === null ? `any call of ${resource.id}` : `one exact call of ${resource.id}`,
        until: endsAt.toISOString(),
        ...(maxUses === null ? {} : { usesLeft: maxUses - used }),
        ...(when === null ? {} : { when }),
      })),
    }
  })
  return {
    person: principal.email ?? principal.name,
    groups: principal.groups,
    roles: rolesOf(policy, principal),
    connections: await Promise.all(described),
  }
}

const meanings = {
  denied: 'is denied',
  allowed: 'runs without asking',
  asks: 'asks a person, who may give it for a time; request_access asks ahead',
  'asks-each': 'asks a person, each time',
}
