import { Suspense } from 'react'
import { UnusedView } from '../../../../components/roles/unused-view'
import { buttonClass } from '../../../../components/ui/button'
import { Link } from '../../../../components/ui/link'
import { Empty, PageHead } from '../../../../components/ui/page'
import { viewerContext } from '../../../../server/auth'
import type { Context } from '../../../../server/context'
import { UnusedQuery } from '../../../../server/roles/schemas'
import { unusedPrivilege } from '../../../../server/roles/unused-privilege'
import { runtime } from '../../../../server/runtime'

type Props = { searchParams: Promise<{ days?: string }> }

export const metadata = { title: 'Unused privilege · Sallyport' }

const periods = [7, 30, 90, 365]

export default async function UnusedPage({ searchParams }: Props) {
  const ctx = await viewerContext()
  const { admin, auditor, id } = ctx.viewer
  if (!admin && !auditor)
    return (
      <>
        <PageHead up={{ href: '/roles', name: 'Roles' }} title="Unused privilege" />
        <Empty title="Only auditors and administrators may see this page">
          My access shows what you may do yourself.
        </Empty>
      </>
    )
  const asked = UnusedQuery.safeParse(await searchParams)
  const { days } = asked.success ? asked.data : { days: 30 }
  return (
    <>
      <PageHead
        up={{ href: '/roles', name: 'Roles' }}
        title="Unused privilege"
        about="What the policy in force gives, and nobody used."
      >
        {periods.map((period) => (
          <Link
            key={period}
            href={`/roles/unused?days=${period}`}
            aria-current={period === days ? 'page' : undefined}
            className={buttonClass(period === days ? 'main' : 'plain')}
          >
            {period} days
          </Link>
        ))}
      </PageHead>
      <Suspense key={days} fallback={<Reading days={days} />}>
        <Found ctx={ctx} days={days} viewer={admin ? id : null} />
      </Suspense>
    </>
  )
}

/** A large record takes seconds to read: the page is there before. */
const Reading = ({ days }: { days: number }) => (
  <p role="status" className="animate-pulse text-[13px] text-ink-soft">
    Reading the record of the last {days} days…
  </p>
)

async function Found({ ctx, days, viewer }: { ctx: Context; days: number; viewer: string | null }) {
  const policy = runtime().policy.current()
  return <UnusedView unused={await unusedPrivilege(ctx, { days }, policy)} base={policy.document} viewer={viewer} />
}
