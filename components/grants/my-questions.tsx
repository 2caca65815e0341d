import { clsx } from 'clsx'
import type { ReviewView } from '../../server/reviews/schemas'
import { gist } from '../reviews/gist'
import { memberWords } from '../roles/sentences'
import { Link } from '../ui/link'
import { Meaning } from '../ui/meaning'
import { cardClass, rowClass } from '../ui/page'
import { Time, TimeLeft } from '../ui/time'
import { Visible } from '../ui/visible'

/** What the viewer asked: what became of it, and who may answer what still waits. */
export function MyQuestions({ reviews }: { reviews: ReviewView[] }) {
  return (
    <ul className={cardClass} aria-label="My questions">
      {reviews.map((review) => (
        <li key={review.id} className={rowClass}>
          <Link
            href={`/reviews/${review.id}${review.state === 'pending' ? '' : '?state=settled'}`}
            className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-2 text-[13px] hover:bg-surface-sunken"
          >
            <Meaning of={review.state} />
            <span className="min-w-0 flex-1 truncate">
              {review.wanted === null
                ? review.resource.id
                : `${review.wanted.tools.join(', ')} for ${review.wanted.minutes} min`}
              <span className="text-ink-soft"> on {review.connection}</span>
              {review.wanted === null ? (
                <span className="ml-3 text-ink-soft max-sm:ml-0 max-sm:block max-sm:truncate">
                  <Visible text={gist(review)} />
                </span>
              ) : null}
            </span>
            <span
              className={clsx(
                'flex min-w-0 items-center gap-x-3',
                (review.state === 'pending' || review.note !== null) && 'max-sm:w-full max-sm:justify-between',
              )}
            >
              {review.state === 'pending' ? (
                <>
                  <span className="text-ink-soft">
                    waits for {memberWords(review.asked.flatMap((rule) => rule.review.approvers))}
                  </span>
                  <TimeLeft from={review.createdAt} to={review.expiresAt} />
                </>
              ) : (
                <>
                  {review.note === null ? null : <span className="text-ink-soft">“{review.note}”</span>}
                  <Time at={review.settledAt ?? review.createdAt} />
                </>
              )}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
