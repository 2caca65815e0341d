import type { Context } from '../../server/context'
import { getInForce, getPolicy } from '../../server/roles/get-policy'
import { runtime } from '../../server/runtime'

/** The newest version; while that does not verify, the one in force, with why. */
export async function policyShown(ctx: Pick<Context, 'db'>) {
  const { policy } = runtime()
  const alarm = policy.alarm()
  const shown = await (alarm === null ? getPolicy(ctx) : getInForce(ctx, policy.current().version))
  return { ...shown, alarm }
}
