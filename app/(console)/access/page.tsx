import { GrantTable } from '../../../components/grants/table'
import { RoleCard } from '../../../components/roles/sentences'
import { cardClass, Empty, PageHead, Section } from '../../../components/ui/page'
import { viewerContext } from '../../../server/auth'
import { listGrants } from '../../../server/grants/list-grants'
import { rolesOf } from '../../../server/policy/decide'
import { runtime } from '../../../server/runtime'

export const metadata = { title: 'My access · Sallyport' }

export default async function AccessPage() {
  const ctx = await viewerContext()
  const { env, policy } = runtime()
  const current = policy.current()
  const mine = rolesOf(current, ctx.viewer)
  const roles = current.document.roles.filter((role) => mine.includes(role.name))
  const grants = (await listGrants(ctx)).filter((grant) => grant.live)
  return (
    <>
      <PageHead title="My access" about="What you may do, and why." />
      <dl className={`${cardClass} grid gap-x-6 gap-y-2 p-4 text-[13px] sm:grid-cols-[140px_1fr]`}>
        <dt className="text-ink-soft">You are</dt>
        <dd>
          {ctx.viewer.name}
          {ctx.viewer.email === null ? '' : ` (${ctx.viewer.email})`}
        </dd>
        <dt className="text-ink-soft">Groups</dt>
        <dd>{ctx.viewer.groups.join(', ') || 'none'}</dd>
        <dt className="text-ink-soft">Id</dt>
        <dd className="font-mono text-[12px] [overflow-wrap:anywhere]">{ctx.viewer.id}</dd>
        <dt className="text-ink-soft">Connect at</dt>
        <dd className="font-mono text-[12px] [overflow-wrap:anywhere]">{env.publicUrl}/mcp/&lt;connection&gt;</dd>
      </dl>
      <Section title={`Roles (${roles.length})`}>
        {roles.length === 0 ? (
          <Empty title="You have no role">
            Nothing is allowed until an administrator gives one of your groups a role.
          </Empty>
        ) : (
          <div className="flex flex-col gap-4">
            {roles.map((role) => (
              <RoleCard key={role.name} role={role} />
            ))}
          </div>
        )}
      </Section>
      {grants.length === 0 ? null : (
        <Section title="Open grants">
          <GrantTable grants={grants} label="Open grants" />
        </Section>
      )}
    </>
  )
}
