import { Check, Clock, type LucideIcon, MinusCircle, X } from 'lucide-react'
import Link from 'next/link'
import type { NoticeView } from '../../server/notices/schemas'
import { cardClass, cell, HeadRow, rowClass } from '../ui/page'
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
    <div className={`${cardClass} overflow-x-auto`}>
      <table className="w-full min-w-[560px]" aria-label="Deliveries">
        <HeadRow names={['When', 'Channel', 'About', 'Outcome']} />
        <tbody>
          {log.map((notice) => (
            <tr key={notice.id} className={rowClass}>
              <td className={cell}>
                <Time at={notice.createdAt} />
              </td>
              <td className={cell}>{notice.channel}</td>
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
              <td className={cell}>
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
    <span className={`inline-flex flex-wrap items-center gap-x-1.5 ${color}`}>
      <Icon size={14} aria-hidden />
      {notice.state}
      {notice.problem === null ? '' : `: ${notice.problem}`}
      {notice.attempts > 1 ? ` (${notice.attempts} attempts)` : ''}
      {notice.state === 'waits' && notice.nextAt !== null ? (
        <>
          , next <Time at={notice.nextAt} />
        </>
      ) : null}
    </span>
  )
}
