'use client'

import { useQuery } from '@tanstack/react-query'
import { clsx } from 'clsx'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import type { ReactNode } from 'react'
import type { ReviewView } from '../../server/reviews/schemas'
import { get } from '../api'
import { Meaning } from '../ui/meaning'
import { Empty } from '../ui/page'
import { Time, TimeLeft } from '../ui/time'
import { gist } from './gist'

type Props = {
  state: 'pending' | 'settled'
  search: string
  initial: ReviewView[]
  selected: string | null
  children: ReactNode
}

const tabs = [
  ['pending', 'Waiting'],
  ['settled', 'History'],
] as const

/** The list at the left, the question at the right; on a phone one of the two. */
export function Inbox({ state, search, initial, selected, children }: Props) {
  const router = useRouter()
  const query = `state=${state}${search === '' ? '' : `&search=${encodeURIComponent(search)}`}`
  const { data: reviews = initial, error } = useQuery({
    queryKey: ['reviews', state, search],
    queryFn: () => get<ReviewView[]>(`/api/reviews?${query}`),
    initialData: initial,
    refetchInterval: 30_000,
  })
  const suffix = state === 'pending' ? '' : '?state=settled'
  return (
    <div className="grid min-w-0 gap-6 lg:grid-cols-[minmax(300px,380px)_minmax(0,1fr)]">
      <div className={clsx('flex min-w-0 flex-col gap-3', selected !== null && 'hidden lg:flex')}>
        <div className="flex items-center gap-1" role="tablist" aria-label="Which questions">
          {tabs.map(([name, label]) => (
            <Link
              key={name}
              role="tab"
              aria-selected={state === name}
              href={name === 'pending' ? '/reviews' : '/reviews?state=settled'}
              className={clsx(
                'rounded-md px-2.5 py-1 text-[13px] font-medium',
                state === name ? 'bg-surface-sunken' : 'text-ink-soft hover:bg-surface-sunken',
              )}
            >
              {label}
            </Link>
          ))}
          {state === 'settled' ? (
            <form
              className="ml-auto min-w-0"
              action={(form) =>
                router.push(`/reviews?state=settled&search=${encodeURIComponent(String(form.get('search') ?? ''))}`)
              }
            >
              <input
                name="search"
                defaultValue={search}
                placeholder="Search"
                aria-label="Search the history"
                className="h-8 w-full rounded-md border border-line bg-surface-raised px-2.5 text-[13px]"
              />
            </form>
          ) : null}
        </div>
        {error === null ? null : (
          <p role="alert" className="text-[13px] text-deny">
            The list may be old: {error.message}
          </p>
        )}
        {reviews.length === 0 ? (
          <Empty title={state === 'pending' ? 'Nothing waits for you' : 'No question was settled yet'}>
            {state === 'pending'
              ? 'A question appears here at once, when a rule asks for a person.'
              : 'Answered, expired and cancelled questions are kept here.'}
          </Empty>
        ) : (
          <ul
            className="overflow-hidden rounded-md border border-line bg-surface-raised"
            aria-live="polite"
            aria-label={state === 'pending' ? 'Waiting questions' : 'Settled questions'}
          >
            {reviews.map((review) => (
              <li key={review.id} className="border-t border-line first:border-t-0">
                <Link
                  data-row
                  href={`/reviews/${review.id}${suffix}`}
                  aria-current={selected === review.id ? 'true' : undefined}
                  className={clsx(
                    'block px-3 py-2.5 hover:bg-surface-sunken',
                    selected === review.id && 'bg-surface-sunken',
                  )}
                >
                  <span className="flex items-center justify-between gap-2">
                    <span className="min-w-0 truncate text-[13px]">
                      <strong className="font-semibold">{review.caller.name}</strong> wants{' '}
                      <code className="font-mono text-[12px]">{review.resource.id}</code>
                    </span>
                    {state === 'pending' ? (
                      <TimeLeft from={review.createdAt} to={review.expiresAt} />
                    ) : (
                      <Meaning of={review.state} />
                    )}
                  </span>
                  <span className="mt-0.5 flex items-center justify-between gap-2 text-[13px] text-ink-soft">
                    <span className="min-w-0 truncate">{gist(review)}</span>
                    <Time at={review.settledAt ?? review.createdAt} />
                  </span>
                  {review.mine ? <span className="text-[12px] text-ink-soft">your own question</span> : null}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className={clsx('min-w-0', selected === null && 'hidden lg:block')}>{children}</div>
    </div>
  )
}
