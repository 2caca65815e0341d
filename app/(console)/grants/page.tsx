import { RefreshOn } from '../../../components/frame/live'
import { GrantTable } from '../../../components/grants/table'
import { Empty, PageHead, Section } from '../../../components/ui/page'
import { viewerContext } from '../../../server/auth'
import { listGrants } from '../../../server/grants/list-grants'
import { runtime } from '../../../server/runtime'

export const metadata = { title: 'Grants · Sallyport' }

export default async function GrantsPage() {
  const ctx = await viewerContext()
  const { policy, connections } = runtime()
  const grants = await listGrants(ctx, { policy: policy.current(), connections: connections.list() })
  const live = grants.filter((grant) => grant.live)
  const lapsed = grants.filter(({ lapse }) => lapse !== null && lapse !== 'connection')
  const past = grants.filter((grant) => !grant.live && !lapsed.includes(grant))
  return (
    <>
      {(['grants', 'connections', 'policy'] as const).map((topic) => (
        <RefreshOn key={topic} topic={topic} />
      ))}
      <PageHead title="Grants" about="What approvals left behind: calls that may run without asking again." />
      <Section title={`Open now (${live.length})`}>
        {live.length === 0 ? (
          <Empty title="Nothing is open">
            What an approver gives for a time, or to a caller who has left, stands here until it is used or over.
          </Empty>
        ) : (
          <GrantTable grants={live} label="Open grants" />
        )}
      </Section>
      {lapsed.length === 0 ? null : (
        <Section title={`Cover nothing any more (${lapsed.length})`}>
          <p className="mb-2 text-[13px] text-ink-soft">
            What they were given for has changed, so calls ask again. Should it change back before their time is over,
            they count again; revoke them to be sure.
          </p>
          <GrantTable grants={lapsed} label="Grants that cover nothing any more" />
        </Section>
      )}
      {past.length === 0 ? null : (
        <Section title="Past">
          <GrantTable grants={past} label="Past grants" />
        </Section>
      )}
    </>
  )
}
