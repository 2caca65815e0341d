'use client'

import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import type { AuditView } from '../../server/audit/schemas'
import { get } from '../api'
import { Button } from '../ui/button'
import { NewPill } from '../ui/new-pill'
import { cardClass, Problem } from '../ui/page'
import { AuditEvent } from './event'

type Pages = InfiniteData<AuditView[], number | null>
type Props = { search: string; initial: AuditView[]; limit: number }

const lookEveryMs = 10_000

/** Events, newest first; what came since waits under a pill. */
export function EventList({ search, initial, limit }: Props) {
  const client = useQueryClient()
  const queryKey = ['audit', 'pages', search]
  const read = (more: Record<string, string>) =>
    get<AuditView[]>(
      `/api/audit?${new URLSearchParams({ ...(search === '' ? {} : { search }), limit: `${limit}`, ...more })}`,
    )
  const pages = useInfiniteQuery<AuditView[], Error, Pages, string[], number | null>({
    queryKey,
    queryFn: ({ pageParam }) => read(pageParam === null ? {} : { before: `${pageParam}` }),
    initialPageParam: null,
    getNextPageParam: (last) => (last.length < limit ? null : (last.at(-1)?.seq ?? null)),
    initialData: { pages: [initial], pageParams: [null] },
    staleTime: Number.POSITIVE_INFINITY,
  })
  const events = pages.data.pages.flat()
  const newest = events[0]?.seq ?? 0
  const { data: latest = [] } = useQuery({
    queryKey: ['audit', 'newer', search, newest],
    queryFn: () => read({}),
    refetchInterval: lookEveryMs,
    staleTime: lookEveryMs,
  })
  const newer = latest.filter(({ seq }) => seq > newest).length
  return (
    <div>
      <NewPill
        n={newer}
        onShow={() => {
          client.setQueryData<Pages>(queryKey, { pages: [latest], pageParams: [null] })
          window.scrollTo({ top: 0 })
        }}
      />
      <ul className={cardClass}>
        {events.map((event) => (
          <AuditEvent key={event.seq} event={event} />
        ))}
      </ul>
      {pages.error === null ? null : <Problem>Older events could not be read: {pages.error.message}</Problem>}
      {pages.hasNextPage ? (
        <div className="mt-3 flex justify-center">
          <Button onClick={() => pages.fetchNextPage()} disabled={pages.isFetchingNextPage}>
            {pages.isFetchingNextPage ? 'Reading…' : 'Older'}
          </Button>
        </div>
      ) : null}
    </div>
  )
}
