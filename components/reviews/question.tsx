'use client'

import { useQuery } from '@tanstack/react-query'
import type { ReviewDetail } from '../../server/reviews/schemas'
import { get } from '../api'
import { Back } from '../ui/back'
import { Meaning } from '../ui/meaning'
import { Problem, Section, Skeleton } from '../ui/page'
import { Time, TimeLeft } from '../ui/time'
import { Visible } from '../ui/visible'
import { useExactArguments } from './exact-arguments'
import { clientWords, wants } from './gist'
import { Glass } from './glass'
import { Answers, Before, Difference, Recent } from './history'
import { Mute } from './mute'
import { Touches } from './touches'
import { VoteBar } from './vote-bar'
import { Why } from './why'

type Props = { id: string; initial: ReviewDetail | null; back: string }

/** The whole question, as a sentence and with exactly what would run. */
export function Question({ id, initial, back }: Props) {
  const { data: review, error } = useQuery({
    queryKey: ['reviews', 'one', id],
    queryFn: () => get<ReviewDetail>(`/api/reviews/${id}`),
    ...(initial === null ? {} : { initialData: initial }),
    refetchInterval: 30_000,
  })
  return (
    <div className="flex flex-col gap-5">
      <Back href={back} name="All questions" />
      {error === null ? null : <Problem>{error.message}</Problem>}
      {review === undefined ? error === null ? <Waiting /> : null : <Whole review={review} />}
    </div>
  )
}

const Waiting = () => (
  <div className="flex flex-col gap-5" aria-busy="true">
    <Skeleton className="h-5 w-56" />
    <Skeleton className="h-7 w-full max-w-lg" />
    <Skeleton className="h-32 w-full" />
  </div>
)

function Whole({ review }: { review: ReviewDetail }) {
  const { shown, unread } = useExactArguments(review.arguments, review.meta)
  return (
    <article className="flex flex-col gap-5" aria-label="The question">
      <header className="flex flex-col gap-1.5">
        <div className="flex flex-wrap items-center gap-3">
          <Meaning of={review.state} />
          {review.state === 'pending' ? <TimeLeft from={review.createdAt} to={review.expiresAt} /> : null}
          <span className="text-[13px] text-ink-soft">
            asked <Time at={review.createdAt} />
          </span>
        </div>
        <Sentence review={review} />
      </header>
      {review.kind === 'access' ? null : (
        <Section title={review.whole ? 'What would run, exactly' : 'What was asked (masked)'}>{shown}</Section>
      )}
      <Touches review={review} />
      <Difference review={review} />
      <Why review={review} />
      <Answers review={review} />
      <Glass review={review} />
      <Before review={review} />
      <Recent review={review} />
      {review.mayVote ? <Mute review={review} /> : null}
      <VoteBar review={review} unread={review.kind === 'access' ? 0 : unread} />
    </article>
  )
}

function Sentence({ review }: { review: ReviewDetail }) {
  const { caller, client, wanted, resource, connection, state } = review
  return (
    <h1 className="text-[20px] leading-7 font-normal">
      <strong className="font-semibold" title={caller.email ?? undefined}>
        <Visible text={caller.name} />
      </strong>
      {caller.groups.length === 0 ? '' : ` (${caller.groups.join(', ')})`}
      {client.name === '' ? null : (
        <>
          , through <Visible text={clientWords(client.name)} />,
        </>
      )}{' '}
      {wants(state)}{' '}
      {(wanted?.tools ?? [resource.id]).map((tool, at) => (
        <span key={tool}>
          {at === 0 ? '' : ', '}
          <code className="rounded bg-surface-sunken px-1 font-mono text-[17px] [overflow-wrap:anywhere]">
            <Visible text={tool} />
          </code>
        </span>
      ))}{' '}
      on <strong className="font-semibold">{connection}</strong>
      {wanted === null ? '' : `, any call, for ${wanted.minutes} minutes`}
    </h1>
  )
}
