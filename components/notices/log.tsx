import { Check, Clock, type LucideIcon, MinusCircle, X } from 'lucide-react'
import type { NoticeView } from '../../server/notices/schemas'
import { Link } from '../ui/link'
import { cardTable, cardTableFrame, cell, HeadRow, rowClass } from '../ui/page'
import { Time } from '../ui/time'

const looks = {
  delivered: { icon: Check, color: 'text-ink' },
  waits: { icon: Clock, color: 'text-ink-soft' },
  failed: { icon: X, color: 'text-deny' },
  dropped: { icon: MinusCircle, color: 'text-ink-soft' },
} satisfies Record<NoticeView['state'], { icon: LucideIcon; color: string }>

/** What was said where, and what came of it, newest first. */
export function NoticeLog({ log }: { log: NoticeView[] }) {
  return (
    <div className={cardTableFrame}>
      <table className={cardTable} aria-label="Deliveries">
        <HeadRow names={['When', 'Channel', 'About', 'Outcome']} />
        <tbody className="block md:table-row-group">
          {log.map((notice) => (
            <tr key={notice.id} className={`${rowClass} grid grid-cols-3 py-1.5 md:table-row`}>
              <td className={cell}>
                <Time at={notice.createdAt} />
              </td>
              <td className={`${cell} [overflow-wrap:anywhere]`}>{notice.channel}</td>
              <td className={cell}>
                {notice.reviewId === null ? (
                  'a test'
                ) : (
                  <Link
                    href={`/reviews/${notice.reviewId}`}
                    className="font-mono text-[12px] text-accent underline-offset-2 hover:underline"
                  >
                    {notice.reviewId.slice(0, 8)}
                  </Link>
                )}
              </td>
              <td className={`${cell} col-span-3 [overflow-wrap:anywhere]`}>
                <Outcome notice={notice} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Outcome({ notice }: { notice: NoticeView }) {
  const { icon: Icon, color } = looks[notice.state]
  return (
    <span className={`inline-flex items-start gap-x-1.5 ${color}`}>
      <Icon size={14} className="mt-[3px] shrink-0" aria-hidden />
      <span>
        {notice.state}
        {notice.problem === null ? '' : `: ${notice.problem}`}
        {notice.attempts > 1 ? ` (${notice.attempts} attempts)` : ''}
        {notice.state === 'waits' && notice.nextAt !== null ? (
          <>
            , next <Time at={notice.nextAt} />
          </>
        ) : null}
      </span>
    </span>
  )
}
