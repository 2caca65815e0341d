'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { clsx } from 'clsx'
import { usePathname, useRouter } from 'next/navigation'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { BreakView, ReviewDetail, ReviewView } from '../../server/reviews/schemas'
import { get } from '../api'
import { Button } from '../ui/button'
import { Link } from '../ui/link'
import { Empty } from '../ui/page'
import { Breaks } from './breaks'
import { NotifyMe } from './notify-me'
import { Question } from './question'
import { ReviewList } from './review-list'
import { type Pages, useCards } from './use-cards'

type Props = {
  state: 'pending' | 'settled'
  search: string
  initial: ReviewView[]
  breaks: BreakView[]
  opened: ReviewDetail | null
}

const tabs = [
  ['pending', 'Waiting'],
  ['settled', 'History'],
] as const

const pageSize = 100

/** The list at the left, the question at the right; on a phone one of the two. Choosing one asks the server for that one only. */
export function Inbox({ state, search, initial, breaks, opened }: Props) {
  const path = usePathname()
  const selected = /^\/reviews\/([0-9a-f-]{36})$/.exec(path)?.[1] ?? null
  const query = `state=${state}&limit=${pageSize}${search === '' ? '' : `&search=${encodeURIComponent(search)}`}`
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['reviews', 'list', state, search],
    queryFn: ({ pageParam }) =>
      get<ReviewView[]>(`/api/reviews?${query}${pageParam === null ? '' : `&after=${pageParam}`}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last: ReviewView[]) => (last.length < pageSize ? undefined : last.at(-1)?.id),
    initialData: { pages: [initial], pageParams: [null] } as Pages,
    refetchInterval: 30_000,
  })
  useCards(state, search)
  const all = useMemo(() => data.pages.flat(), [data])
  const { shown: reviews, hidden, show } = useNew(all, selected !== null)
  const suffix = suffixOf(state, search)
  const two = selected !== null || reviews.length > 0
  return (
    <div className={clsx('grid min-w-0 gap-6', two && 'lg:grid-cols-[minmax(300px,380px)_minmax(0,1fr)]')}>
      <div className={clsx('flex min-w-0 flex-col gap-3', selected !== null && 'hidden lg:flex')}>
        <div className="flex items-center gap-1">
          <nav aria-label="Which questions" className="flex gap-1">
            {tabs.map(([name, label]) => (
              <Link
                key={name}
                aria-current={state === name ? 'page' : undefined}
                href={name === 'pending' ? '/reviews' : '/reviews?state=settled'}
                className={clsx(
                  'rounded-md px-2.5 py-1 text-[13px] font-medium',
                  state === name ? 'bg-surface-sunken' : 'text-ink-soft hover:bg-surface-sunken',
                )}
              >
                {label}
              </Link>
            ))}
          </nav>
          <span className="ml-auto min-w-0">
            {state === 'settled' ? <Search search={search} /> : <NotifyMe reviews={reviews} />}
          </span>
        </div>
        {error === null ? null : (
          <p role="alert" className="text-[13px] text-deny">
            The list may be old: {error.message}
          </p>
        )}
        {state === 'pending' ? <Breaks initial={breaks} /> : null}
        {hidden === 0 ? null : (
          <Button className="self-center rounded-full!" onClick={show}>
            {hidden} new
          </Button>
        )}
        {reviews.length === 0 ? (
          <None state={state} search={search} broken={breaks.length > 0} />
        ) : (
          <ReviewList
            onEnd={hasNextPage && !isFetchingNextPage ? fetchNextPage : null}
            reviews={reviews}
            label={state === 'pending' ? 'Waiting questions' : 'Settled questions'}
            selected={selected}
            href={(id) => `/reviews/${id}${suffix}`}
          />
        )}
      </div>
      <div className={clsx('min-w-0', selected === null && (two ? 'hidden lg:block' : 'hidden'))}>
        {selected === null ? (
          <Empty title="No question is open">Choose one at the left: j and k move, enter opens.</Empty>
        ) : (
          <Question
            key={selected}
            id={selected}
            initial={opened?.id === selected ? opened : null}
            back={`/reviews${suffix}`}
          />
        )}
      </div>
    </div>
  )
}

/** While somebody reads, nothing moves: what is new waits to be asked for. */
function useNew(reviews: ReviewView[], reading: boolean) {
  const known = useRef<Set<string> | null>(null)
  const [, again] = useState(0)
  const seen = known.current
  const first = seen === null || !reading ? 0 : reviews.findIndex(({ id }) => seen.has(id))
  const hidden = first === -1 ? 0 : first
  const shown = hidden === 0 ? reviews : reviews.slice(hidden)
  useEffect(() => {
    known.current = new Set(shown.map(({ id }) => id))
  })
  const show = () => {
    known.current = null
    again((n) => n + 1)
  }
  return { shown, hidden, show }
}

const suffixOf = (state: Props['state'], search: string): string =>
  state === 'pending' ? '' : `?state=settled${search === '' ? '' : `&search=${encodeURIComponent(search)}`}`

function None({ state, search, broken }: { state: Props['state']; search: string; broken: boolean }) {
  if (search !== '')
    return <Empty title="Nothing like this was asked">Search for a person, a tool, a connection or a word.</Empty>
  return state === 'pending' ? (
    <Empty title={broken ? 'No question waits for you' : 'Nothing waits for you'}>
      A question appears here at once, when a rule asks for a person.
    </Empty>
  ) : (
    <Empty title="No question was settled yet">Answered, expired and cancelled questions are kept here.</Empty>
  )
}

function Search({ search }: { search: string }) {
  const router = useRouter()
  return (
    <form action={(form) => router.push(`/reviews${suffixOf('settled', String(form.get('search') ?? ''))}`)}>
      <input
        type="search"
        name="search"
        defaultValue={search}
        placeholder="Search"
        aria-label="Search the history"
        className="h-8 w-full rounded-md border border-line bg-surface-raised px-2.5 text-[13px]"
      />
    </form>
  )
}
