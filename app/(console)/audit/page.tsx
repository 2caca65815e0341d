import { CheckButton } from '../../../components/audit/check-button'
import { AuditEvent } from '../../../components/audit/event'
import { inputClass } from '../../../components/ui/field'
import { cardClass, Empty, PageHead, Section } from '../../../components/ui/page'
import { Time } from '../../../components/ui/time'
import { listEvents } from '../../../server/audit/list-events'
import { recordStatus } from '../../../server/audit/record-status'
import { EventFilter } from '../../../server/audit/schemas'
import { viewerContext } from '../../../server/auth'

type Props = { searchParams: Promise<Record<string, string | undefined>> }

export const metadata = { title: 'Audit · Sallyport' }

export default async function AuditPage({ searchParams }: Props) {
  const ctx = await viewerContext()
  if (!ctx.viewer.admin && !ctx.viewer.auditor)
    return <Empty title="Only auditors and administrators may see this page">Your own calls are under Sessions.</Empty>
  const filter = EventFilter.parse(await searchParams)
  const [events, status] = await Promise.all([listEvents(ctx, filter), recordStatus(ctx)])
  const last = events.at(-1)
  return (
    <>
      <PageHead title="Audit" about="Who changed what, and whether the record is whole." />
      <Section title="The record">
        <div className={`${cardClass} flex flex-col gap-3 p-4`}>
          <p>
            <span className="tabular">{status.entries.toLocaleString('en')}</span> entries in {status.chains} chains,{' '}
            {status.signedAt === null ? (
              'not signed yet'
            ) : (
              <>
                all heads signed <Time at={status.signedAt} />
              </>
            )}
            .
          </p>
          <CheckButton />
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
            />
          </form>
        }
      >
        {events.length === 0 ? (
          <Empty title="Nothing matches" />
        ) : (
          <ul className={cardClass}>
            {events.map((event) => (
              <AuditEvent key={event.seq} event={event} />
            ))}
          </ul>
        )}
        {events.length < filter.limit || last === undefined ? null : (
          <a
            href={`/audit?${new URLSearchParams({ before: String(last.seq), ...(filter.search ? { search: filter.search } : {}) })}`}
            className="mt-3 block text-center text-[13px] font-medium text-accent"
          >
            Older
          </a>
        )}
      </Section>
    </>
  )
}
