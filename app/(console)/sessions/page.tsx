import Link from 'next/link'
import { Filters } from '../../../components/sessions/filters'
import { Histogram, OutcomeBar } from '../../../components/sessions/outcome-bar'
import { MaskedCount } from '../../../components/ui/meaning'
import { cardClass, cell, Empty, headCell, PageHead, rowClass } from '../../../components/ui/page'
import { Time } from '../../../components/ui/time'
import { viewerContext } from '../../../server/auth'
import { callsPerHour, listSessions } from '../../../server/sessions/list-sessions'
import { SessionFilter } from '../../../server/sessions/schemas'

type Props = { searchParams: Promise<Record<string, string | undefined>> }

export const metadata = { title: 'Sessions · Sallyport' }

export default async function SessionsPage({ searchParams }: Props) {
  const filter = SessionFilter.parse(await searchParams)
  const ctx = await viewerContext()
  const [{ sessions, next }, buckets] = await Promise.all([listSessions(ctx, filter), callsPerHour(ctx, 24)])
  const all = ctx.viewer.admin || ctx.viewer.auditor
  const { cursor: _, limit: __, ...kept } = filter
  const query = new URLSearchParams(
    Object.entries(kept).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
  return (
    <>
      <PageHead title="Sessions" about={all ? 'Every recorded conversation.' : 'Your recorded conversations.'} />
      <Histogram buckets={buckets} />
      <Filters key={query.toString()} filter={filter} />
      {sessions.length === 0 ? (
        <Empty title={query.size === 0 ? 'No calls yet' : 'Nothing matches'}>
          {query.size === 0
            ? 'Connect a client, or run npm run try, and its calls appear here.'
            : 'Take a filter away to see more.'}
        </Empty>
      ) : (
        <div className={`${cardClass} overflow-x-auto`}>
          <table className="w-full min-w-[720px]">
            <thead>
              <tr>
                {['Last call', 'Who', 'Client', 'Connection', 'Calls', 'Outcomes', 'Masked'].map((name) => (
                  <th key={name} scope="col" className={headCell}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sessions.map((session) => (
                <tr key={session.id} className={`${rowClass} relative hover:bg-surface-sunken`}>
                  <td className={cell}>
                    <Link data-row href={`/sessions/${session.id}`} className="after:absolute after:inset-0">
                      <Time at={session.lastAt} />
                    </Link>
                  </td>
                  <td className={cell}>{session.principal}</td>
                  <td className={`${cell} text-ink-soft`}>{session.client || 'unnamed'}</td>
                  <td className={cell}>{session.connection}</td>
                  <td className={`${cell} tabular`}>{session.calls}</td>
                  <td className={cell}>
                    <OutcomeBar outcomes={session.outcomes} />
                  </td>
                  <td className={cell}>
                    <MaskedCount n={session.masked} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {next === null ? null : (
        <Link
          href={`/sessions?${new URLSearchParams([...query, ['cursor', next]])}`}
          className="self-center text-[13px] font-medium text-accent"
        >
          Older sessions
        </Link>
      )}
    </>
  )
}
