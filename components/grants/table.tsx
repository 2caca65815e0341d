import Link from 'next/link'
import type { GrantView } from '../../server/grants/schemas'
import { cardClass, cell, HeadRow, rowClass } from '../ui/page'
import { Time } from '../ui/time'
import { LiveLeft } from './live-left'
import { RevokeButton } from './revoke-button'

const usesOf = ({ used, maxUses }: GrantView) => (maxUses === null ? `${used}` : `${used} of ${maxUses}`)

const endOf = (grant: GrantView) =>
  grant.revokedAt !== null
    ? `revoked by ${grant.revokedBy}`
    : grant.maxUses !== null && grant.used >= grant.maxUses
      ? 'used up'
      : 'over'

const columns = ['Who', 'May', 'Approved by', 'Used', 'Until', '']

export function GrantTable({ grants, label }: { grants: GrantView[]; label: string }) {
  return (
    <div className={`${cardClass} overflow-x-auto`}>
      <table className="w-full min-w-[680px]" aria-label={label}>
        <HeadRow names={columns} />
        <tbody>
          {grants.map((grant) => (
            <tr key={grant.id} className={rowClass}>
              <td className={cell}>{grant.principal}</td>
              <td className={cell}>
                <Extent grant={grant} />
              </td>
              <td className={cell}>{grant.approvers.join(', ')}</td>
              <td className={`${cell} tabular whitespace-nowrap`}>{usesOf(grant)}</td>
              <td className={cell}>
                {grant.live ? (
                  <LiveLeft from={grant.createdAt} to={grant.endsAt} />
                ) : (
                  <span className="text-ink-soft">
                    {endOf(grant)} {endOf(grant) === 'used up' ? null : <Time at={grant.revokedAt ?? grant.endsAt} />}
                  </span>
                )}
              </td>
              <td className={`${cell} text-right`}>{grant.mayRevoke ? <RevokeButton id={grant.id} /> : null}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** One call, or any call of a tool, and under which condition; with the question it came from. */
function Extent({ grant }: { grant: GrantView }) {
  return (
    <>
      <code className="font-mono text-[12px]">{grant.resource.id}</code> on {grant.connection},{' '}
      <Link href={`/reviews/${grant.reviewId}?state=settled`} className="text-accent underline underline-offset-2">
        {grant.exact ? 'exactly one call' : 'any call'}
      </Link>
      {grant.condition === null ? null : (
        <>
          {' '}
          when <code className="font-mono text-[12px] [overflow-wrap:anywhere]">{grant.condition}</code>
        </>
      )}
    </>
  )
}
