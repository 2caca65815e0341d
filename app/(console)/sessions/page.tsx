import { Filters } from '../../../components/sessions/filters'
import { Histogram } from '../../../components/sessions/histogram'
import { Refusals } from '../../../components/sessions/refusals'
import { SessionTable } from '../../../components/sessions/session-table'
import { Link } from '../../../components/ui/link'
import { Empty, PageHead } from '../../../components/ui/page'
import { viewerContext } from '../../../server/auth'
import { runtime } from '../../../server/runtime'
import { listRefusals } from '../../../server/sessions/list-refusals'
import { callsPerHour, listSessions } from '../../../server/sessions/list-sessions'
import { SessionFilter } from '../../../server/sessions/schemas'

type Props = { searchParams: Promise<Record<string, string | undefined>> }

const hours = 24

export const metadata = { title: 'Sessions · Sallyport' }

export default async function SessionsPage({ searchParams }: Props) {
  const filter = SessionFilter.parse(await searchParams)
  const ctx = await viewerContext()
  const [{ sessions, next }, buckets, refusals] = await Promise.all([
    listSessions(ctx, filter),
    callsPerHour(ctx, hours),
    listRefusals(ctx, hours),
  ])
  const all = ctx.viewer.admin || ctx.viewer.auditor
  const { cursor: _, limit: __, ...kept } = filter
  const query = new URLSearchParams(
    Object.entries(kept).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
  return (
    <>
      <PageHead title="Sessions" about={all ? 'Every recorded conversation.' : 'Your recorded conversations.'} />
      <Histogram buckets={buckets} />
      {/* Siblings: with the same key React would keep the old form beside the new one. */}
      <Filters key={`filters ${query}`} filter={filter} people={all} />
      <Refusals refusals={refusals} />
      {sessions.length === 0 ? (
        <Empty title={query.size === 0 ? 'No calls yet' : 'Nothing matches'}>
          {query.size === 0 ? <FirstCalls all={all} /> : 'Take a filter away to see more.'}
        </Empty>
      ) : (
        <SessionTable key={`table ${query}`} query={query.toString()} initial={{ sessions, next }} />
      )}
    </>
  )
}

const FirstCalls = ({ all }: { all: boolean }) =>
  all && runtime().env.local ? (
    <>
      Connect a client, or run <code className="font-mono text-[13px]">npm run try</code>, and its calls appear here.
    </>
  ) : (
    <>
      <Link href="/connections" className="font-medium text-accent">
        Connect a client
      </Link>{' '}
      to one of the connections, and its calls appear here.
    </>
  )
