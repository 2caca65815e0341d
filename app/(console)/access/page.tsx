import { RefreshOn } from '../../../components/frame/live'
import { AskAccess, type Askable } from '../../../components/grants/ask-access'
import { MyQuestions } from '../../../components/grants/my-questions'
import { ReachTable } from '../../../components/grants/reach'
import { GrantTable } from '../../../components/grants/table'
import { RoleCard } from '../../../components/roles/sentences'
import { buttonClass } from '../../../components/ui/button'
import { Link } from '../../../components/ui/link'
import { cardClass, Empty, factsClass, PageHead, Section } from '../../../components/ui/page'
import { viewerContext } from '../../../server/auth'
import { listGrants } from '../../../server/grants/list-grants'
import { type ToolAccess, toolAccess } from '../../../server/policy/ahead'
import { rolesOf, visible } from '../../../server/policy/decide'
import { toolFacts } from '../../../server/policy/tool-facts'
import { listReviews } from '../../../server/reviews/list-reviews'
import { runtime } from '../../../server/runtime'

export const metadata = { title: 'My access · Sallyport' }

export default async function AccessPage() {
  const ctx = await viewerContext()
  const { env, policy, connections } = runtime()
  const current = policy.current()
  const mine = rolesOf(current, ctx.viewer)
  const roles = current.document.roles.filter((role) => mine.includes(role.name))
  const [held, pending, settled] = await Promise.all([
    listGrants(ctx, { policy: current, connections: connections.list() }),
    listReviews(ctx, { state: 'pending', mine: true, limit: 20 }),
    listReviews(ctx, { state: 'settled', mine: true, limit: 10 }),
  ])
  const grants = held.filter((grant) => grant.live && grant.mine)
  const now = new Date()
  const reach = connections
    .list()
    .filter(({ name }) => visible(current, ctx.viewer, name))
    .map((connection) => ({
      connection: connection.name,
      tools: [...connection.tools]
        .map(([name, known]) => toolAccess(current, ctx.viewer, connection, { name, ...toolFacts(known) }, now))
        .filter(({ access }) => access !== 'denied'),
    }))
  return (
    <>
      <RefreshOn topic="reviews" />
      <RefreshOn topic="grants" />
      <PageHead title="My access" about="What you may do, and why.">
        <Link href="/ask" className={buttonClass()}>
          What would be decided?
        </Link>
        <AskAccess askable={askableIn(reach)} />
      </PageHead>
      <dl className={`${cardClass} ${factsClass} p-4`}>
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
      {pending.length + settled.length === 0 ? null : (
        <Section title="What you asked">
          <MyQuestions reviews={[...pending, ...settled]} />
        </Section>
      )}
      {grants.length === 0 ? null : (
        <Section title="Open grants">
          <GrantTable grants={grants} label="Open grants" />
        </Section>
      )}
      {reach.every(({ tools }) => tools.length === 0) ? null : (
        <Section title="Tools">
          <div className="flex flex-col gap-4">
            {reach.map((one) => (
              <ReachTable key={one.connection} {...one} />
            ))}
          </div>
        </Section>
      )}
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
    </>
  )
}

const askableIn = (reach: { connection: string; tools: ToolAccess[] }[]): Askable[] =>
  reach
    .map(({ connection, tools }) => ({
      connection,
      tools: tools
        .filter(({ access }) => access === 'asks')
        .map(({ tool, asked }) => ({
          name: tool,
          maxMinutes: Math.min(...asked.map((rule) => rule.review.maxMinutes)),
        })),
    }))
    .filter(({ tools }) => tools.length > 0)
