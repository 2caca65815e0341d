import type { EarlierReview, ReviewDetail } from '../../server/reviews/schemas'
import { DiffView } from '../ui/diff-view'
import { Link } from '../ui/link'
import { Meaning } from '../ui/meaning'
import { cardClass, Section } from '../ui/page'
import { pretty } from '../ui/text'
import { Time } from '../ui/time'
import { Visible } from '../ui/visible'
import { gist, toolsOf } from './gist'
import { VoteLine } from './vote-line'

/** How this call differs from the last approved one of its kind; both as they are kept, masked. */
export function Difference({ review }: { review: ReviewDetail }) {
  const last = review.before.find(({ state }) => state === 'approved')
  if (last === undefined || review.kind === 'access') return null
  const [before, after] = [pretty(last.arguments), pretty(review.argumentsMasked)]
  return (
    <Section title="Against the last approved one">
      <p className="mb-1.5 text-[13px] text-ink-soft">
        <Link href={`/reviews/${last.id}?state=settled`} className="text-accent underline underline-offset-2">
          {last.caller}
        </Link>
        , <Time at={last.settledAt ?? last.createdAt} />
        {before === after ? ': the same arguments.' : ':'}
      </p>
      {before === after ? null : (
        <DiffView before={before} after={after} label="Difference from the last approved call" />
      )}
    </Section>
  )
}

export function Answers({ review }: { review: ReviewDetail }) {
  if (review.votes.length === 0) return null
  return (
    <Section title="Answers">
      <ul className="flex flex-col gap-1 text-[13px]">
        {review.votes.map((vote) => (
          <VoteLine key={vote.name} vote={vote} />
        ))}
      </ul>
    </Section>
  )
}

export const Before = ({ review }: { review: ReviewDetail }) => (
  <Others title="Asked like this before" others={review.before} review={review} />
)

export const Recent = ({ review }: { review: ReviewDetail }) => (
  <Others title={`What ${review.caller.name} asked lately`} others={review.recent} review={review} />
)

function Others({ title, others, review }: { title: string; others: EarlierReview[]; review: ReviewDetail }) {
  if (others.length === 0) return null
  return (
    <Section title={title}>
      <ul className={`${cardClass} divide-y divide-line`}>
        {others.map((other) => (
          <li key={other.id}>
            <Link
              href={`/reviews/${other.id}${other.state === 'pending' ? '' : '?state=settled'}`}
              className="flex flex-wrap items-baseline gap-x-3 px-3 py-2 text-[13px] hover:bg-surface-sunken"
            >
              <Meaning of={other.state} />
              <span>
                <Visible text={other.caller} />
              </span>
              <code className="font-mono text-[12px]">
                <Visible text={toolsOf(other)} />
              </code>
              <span className="min-w-0 flex-1 truncate text-ink-soft max-sm:order-last max-sm:basis-full">
                <Visible text={other.arguments === review.argumentsMasked ? 'the same arguments' : gist(other)} />
              </span>
              <Time at={other.settledAt ?? other.createdAt} className="ml-auto" />
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}
