import { RefreshOn } from '../../../components/frame/live'
import { GrantTable } from '../../../components/grants/table'
import { Empty, PageHead, Section } from '../../../components/ui/page'
import { viewerContext } from '../../../server/auth'
import { listGrants } from '../../../server/grants/list-grants'

export const metadata = { title: 'Grants · Sallyport' }

export default async function GrantsPage() {
  const grants = await listGrants(await viewerContext())
  const live = grants.filter((grant) => grant.live)
  const past = grants.filter((grant) => !grant.live)
  return (
    <>
      <RefreshOn topic="grants" />
      <PageHead title="Grants" about="What approvals left behind: calls that may run without asking again." />
      <Section title={`Open now (${live.length})`}>
        {live.length === 0 ? (
          <Empty title="Nothing is open">An approval whose caller still waits is used up at once.</Empty>
        ) : (
          <GrantTable grants={live} label="Open grants" />
        )}
      </Section>
      {past.length === 0 ? null : (
        <Section title="Past">
          <GrantTable grants={past} label="Past grants" />
        </Section>
      )}
    </>
  )
}
