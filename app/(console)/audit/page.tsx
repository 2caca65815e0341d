import { CheckButton } from '../../../components/audit/check-button'
import { EventList } from '../../../components/audit/event-list'
import { Proof } from '../../../components/audit/proof'
import { inputClass } from '../../../components/ui/field'
import { cardClass, Empty, PageHead, Section } from '../../../components/ui/page'
import { count } from '../../../components/ui/text'
import { Time } from '../../../components/ui/time'
import { listEvents } from '../../../server/audit/list-events'
import { recordStatus } from '../../../server/audit/record-status'
import { EventFilter, type RecordStatus } from '../../../server/audit/schemas'
import { viewerContext } from '../../../server/auth'
import { runtime } from '../../../server/runtime'

type Props = { searchParams: Promise<Record<string, string | undefined>> }

export const metadata = { title: 'Audit · Sallyport' }

export default async function AuditPage({ searchParams }: Props) {
  const ctx = await viewerContext()
  const head = <PageHead title="Audit" about="Who changed what, and whether the record is whole." />
  if (!ctx.viewer.admin && !ctx.viewer.auditor)
    return (
      <>
        {head}
        <Empty title="Only auditors and administrators may see this page">Your own calls are under Sessions.</Empty>
      </>
    )
  const filter = EventFilter.parse(await searchParams)
  const [events, status] = await Promise.all([listEvents(ctx, filter), recordStatus(ctx)])
  const search = filter.search ?? ''
  return (
    <>
      {head}
      <Section title="The record">
        <div className={`${cardClass} flex flex-col gap-3 p-4`}>
          <p>
            <span className="tabular">
              {count(status.entries, 'entry', 'entries')} in {count(status.chains, 'chain')},{' '}
            </span>
            {status.signedAt === null ? (
              'not signed yet'
            ) : (
              <>
                all heads signed <Time at={status.signedAt} />
              </>
            )}
            .
          </p>
          <CheckButton
            last={status.verified === null ? 'Nobody has checked it yet.' : <Verified {...status.verified} />}
          />
          <Proof publicKey={status.publicKey ?? runtime().keys.signingPublic} />
        </div>
      </Section>
      <Section
        title="Changes and reviews"
        aside={
          <form>
            <input
              name="search"
              defaultValue={filter.search}
              placeholder="Search"
              aria-label="Search changes"
              className={inputClass}
              type="search"
            />
          </form>
        }
      >
        {events.length === 0 ? (
          <Empty title={search === '' ? 'Nobody has changed anything yet' : 'Nothing matches'}>
            {search === '' ? null : 'Search for a person, an action, a tool or a connection.'}
          </Empty>
        ) : (
          <EventList key={search} search={search} initial={events} limit={filter.limit} />
        )}
      </Section>
    </>
  )
}

type VerifiedProps = NonNullable<RecordStatus['verified']>

const Verified = ({ at, by, holds, upTo }: VerifiedProps) => (
  <span className={holds ? 'text-allow' : 'text-deny'}>
    {holds ? 'The record held' : 'The record did not hold'} when {by} checked it <Time at={at} />
    {upTo === null ? '' : ', signed up to '}
    {upTo === null ? null : <Time at={upTo} />}.
  </span>
)
