import type { GrantView } from '../../server/grants/schemas'
import { gist } from '../reviews/gist'
import { Link } from '../ui/link'
import { cardTable, cardTableFrame, cell, HeadRow, rowClass } from '../ui/page'
import { Time } from '../ui/time'
import { Visible } from '../ui/visible'
import { LiveLeft } from './live-left'
import { RevokeButton } from './revoke-button'

const usesOf = ({ used, maxUses }: GrantView) => (maxUses === null ? `${used}` : `${used} of ${maxUses}`)

const lapses = {
  connection: 'the connection was removed',
  target: 'the connection leads elsewhere',
  tool: 'the tool is described otherwise',
  rule: 'the rule that asked was changed or removed',
} satisfies Record<NonNullable<GrantView['lapse']>, string>

const columns = ['Who', 'May', 'Approved by', 'Used', 'Until', '']

export function GrantTable({ grants, label }: { grants: GrantView[]; label: string }) {
  return (
    <div className={cardTableFrame}>
      <table className={`${cardTable} md:min-w-[680px]`} aria-label={label}>
        <HeadRow names={columns} />
        <tbody className="block md:table-row-group">
          {grants.map((grant) => (
            <tr key={grant.id} className={`${rowClass} grid grid-cols-2 py-1.5 md:table-row`}>
              <td className={`${cell} col-span-2 wrap-break-word max-md:font-medium`}>{grant.principal}</td>
              <td className={`${cell} col-span-2`}>
                <Extent grant={grant} />
              </td>
              <td className={`${cell} col-span-2 wrap-break-word`}>
                <span className="text-ink-soft md:hidden">approved by </span>
                {grant.approvers.join(', ')}
              </td>
              <td className={`${cell} tabular whitespace-nowrap`}>
                <span className="text-ink-soft md:hidden">used </span>
                {usesOf(grant)}
              </td>
              <td
                className={`${cell} max-md:text-right max-md:has-[[data-lapse]]:col-span-2 max-md:has-[[data-lapse]]:text-left`}
              >
                <End grant={grant} />
              </td>
              <td className={`${cell} col-span-2 text-right empty:hidden md:empty:table-cell`}>
                {grant.mayRevoke ? <RevokeButton id={grant.id} /> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What is left of it, or what ended it. */
function End({ grant }: { grant: GrantView }) {
  const { live, lapse, createdAt, endsAt, revokedAt, revokedBy, maxUses, used } = grant
  if (live) return <LiveLeft from={createdAt} to={endsAt} />
  if (lapse !== null)
    return (
      <span data-lapse={lapse} className="flex flex-wrap gap-x-3">
        <span className="text-review">{lapses[lapse]}</span>
        {lapse === 'connection' ? null : <LiveLeft from={createdAt} to={endsAt} />}
      </span>
    )
  if (revokedAt === null && maxUses !== null && used >= maxUses) return <span className="text-ink-soft">used up</span>
  return (
    <span className="text-ink-soft">
      {revokedAt === null ? 'over' : `revoked by ${revokedBy}`} <Time at={revokedAt ?? endsAt} />
    </span>
  )
}

/** One call, or any call of a tool, and under which condition; with the question it came from. */
function Extent({ grant }: { grant: GrantView }) {
  return (
    <>
      <code className="font-mono text-[12px]">{grant.resource.id}</code> on {grant.connection},{' '}
      <Link href={`/reviews/${grant.reviewId}?state=settled`} className="text-accent underline underline-offset-2">
        {grant.exact ? 'this very call' : 'any call'}
      </Link>
      {grant.arguments === null ? null : (
        <span className="block text-ink-soft [overflow-wrap:anywhere]">
          <Visible text={gist({ ...grant, arguments: grant.arguments, wanted: null })} />
        </span>
      )}
      {grant.condition === null ? null : (
        <>
          {' '}
          when <code className="font-mono text-[12px] [overflow-wrap:anywhere]">{grant.condition}</code>
        </>
      )}
    </>
  )
}
