import { redirect } from 'next/navigation'
import { RefreshOn } from '../../../components/frame/live'
import { Breaks } from '../../../components/reviews/breaks'
import { gist } from '../../../components/reviews/gist'
import { PolicyAlarm } from '../../../components/roles/policy-alarm'
import { Histogram } from '../../../components/sessions/histogram'
import { Link } from '../../../components/ui/link'
import { cardClass, Empty, PageHead, Section } from '../../../components/ui/page'
import { count } from '../../../components/ui/text'
import { Time, TimeLeft } from '../../../components/ui/time'
import { viewerContext } from '../../../server/auth'
import { listConnections } from '../../../server/connections/list-connections'
import { rolesOf } from '../../../server/policy/decide'
import { listBreaks } from '../../../server/reviews/list-breaks'
import { listReviews } from '../../../server/reviews/list-reviews'
import { listVersions } from '../../../server/roles/list-versions'
import { runtime } from '../../../server/runtime'
import { callsPerHour } from '../../../server/sessions/list-sessions'

type Props = { searchParams: Promise<{ stay?: string }> }

export const metadata = { title: 'Overview · Sallyport' }

/** The first page is the one the viewer needs: reviews for an approver with something pending, else this. */
export default async function OverviewPage({ searchParams }: Props) {
  const ctx = await viewerContext()
  const [reviews, breaks, buckets, connections, versions] = await Promise.all([
    listReviews(ctx, { state: 'pending', limit: 50 }),
    listBreaks(ctx),
    callsPerHour(ctx, 24),
    listConnections(ctx),
    listVersions(ctx),
  ])
  const decides = breaks.length > 0 || reviews.some((review) => review.mayVote)
  if (decides && (await searchParams).stay === undefined) redirect('/reviews')
  const failing = connections.filter((connection) => connection.health[0]?.ok === false)
  const quarantined = connections.filter(({ waiting }) => waiting > 0)
  const { policy } = runtime()
  const alarm = policy.alarm()
  // What was stored past an alarm is nobody's word.
  const version = alarm === null ? versions[0] : versions.find(({ number }) => number === policy.current().version)
  const { admin, auditor } = ctx.viewer
  const roleless = !admin && !auditor && rolesOf(policy.current(), ctx.viewer).length === 0
  return (
    <>
      <RefreshOn topic="reviews" />
      <RefreshOn topic="connections" />
      <RefreshOn topic="policy" />
      <PageHead title="Overview" />
      <PolicyAlarm alarm={alarm} />
      {roleless ? (
        <p className="rounded-md border border-review/50 bg-review/8 px-3 py-2 text-[13px]">
          You have no role, so every call of yours is denied. An administrator can give one to you or to a group of
          yours;{' '}
          <Link href="/access" className="font-medium text-accent underline underline-offset-2">
            My access
          </Link>{' '}
          says who you are here.
        </p>
      ) : null}
      <Breaks initial={breaks} />
      <Histogram buckets={buckets} />
      <div className="grid gap-6 lg:grid-cols-2">
        <Section title={`Waiting (${reviews.length})`}>
          {reviews.length === 0 ? (
            <Empty title="Nobody waits">
              {admin || auditor
                ? 'A call that a rule holds for a person stands here until somebody decides it.'
                : 'What you ask for, and what waits for you to decide, stands here.'}
            </Empty>
          ) : (
            <ul className={cardClass}>
              {reviews.map((review) => (
                <li key={review.id} className="border-t border-line first:border-t-0">
                  <Link
                    data-row
                    href={`/reviews/${review.id}`}
                    className="block px-3 py-2.5 text-[13px] hover:bg-surface-sunken"
                  >
                    <span className="flex justify-between gap-2">
                      <span>
                        {review.mine ? 'You want' : `${review.caller.name} wants`}{' '}
                        <code className="font-mono text-[12px]">{review.resource.id}</code>
                      </span>
                      <TimeLeft from={review.createdAt} to={review.expiresAt} />
                    </span>
                    <span className="block truncate text-ink-soft">{gist(review)}</span>
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </Section>
        <div className="flex flex-col gap-6">
          <Section title="Connections">
            {quarantined.length === 0 ? null : (
              <ul className={`${cardClass} mb-2`} aria-label="In quarantine">
                {quarantined.map(({ name, waiting }) => (
                  <li key={name} className="border-t border-line px-3 py-2.5 text-[13px] first:border-t-0">
                    <Link href={`/connections/${name}`} className="font-medium">
                      {name}
                    </Link>{' '}
                    <span className="text-review">
                      {count(waiting, 'tool')} in quarantine, for an administrator to accept or reject
                    </span>
                  </li>
                ))}
              </ul>
            )}
            {failing.length === 0 ? (
              <p className="text-ink-soft">
                {connections.length === 0 ? 'No connections yet.' : wellWords(connections.length)}{' '}
                {connections.length === 0 && ctx.viewer.admin ? (
                  <Link href="/connections/new" className="font-medium text-accent">
                    Add the first
                  </Link>
                ) : null}
              </p>
            ) : (
              <ul className={cardClass}>
                {failing.map(({ name, health }) => (
                  <li key={name} className="border-t border-line px-3 py-2.5 text-[13px] first:border-t-0">
                    <Link href={`/connections/${name}`} className="font-medium">
                      {name}
                    </Link>{' '}
                    <span className="text-deny">{health[0]?.message}</span>
                  </li>
                ))}
              </ul>
            )}
          </Section>
          <Section title="Last policy change">
            {version === undefined ? (
              <p className="text-ink-soft">
                No policy was published yet, so nothing is allowed.{' '}
                {ctx.viewer.admin ? (
                  <Link href="/roles/edit" className="font-medium text-accent">
                    Make the first role
                  </Link>
                ) : null}
              </p>
            ) : (
              <p>
                <Link href="/roles/versions" className="font-medium text-accent">
                  Version {version.number}
                </Link>
                , “{version.message}”, by {version.author}, <Time at={version.at} />
              </p>
            )}
          </Section>
        </div>
      </div>
    </>
  )
}

const wellWords = (n: number): string =>
  n === 1
    ? 'The one connection was well when last used or tested.'
    : `${n === 2 ? 'Both' : `All ${n}`} connections were well when last used or tested.`
