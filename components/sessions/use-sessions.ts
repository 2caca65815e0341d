'use client'

import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import type { SessionList } from '../../server/sessions/schemas'
import { get } from '../api'

const lookEveryMs = 10_000

type Pages = InfiniteData<SessionList, string | null>

/** Sessions page by page, and how many came or went on since; those are shown when somebody asks for them. */
export function useSessions(query: string, initial: SessionList) {
  const client = useQueryClient()
  const router = useRouter()
  const queryKey = ['sessions', 'pages', query]
  const pages = useInfiniteQuery<SessionList, Error, Pages, string[], string | null>({
    queryKey,
    queryFn: ({ pageParam }) => get<SessionList>(pathOf(query, pageParam === null ? {} : { cursor: pageParam })),
    initialPageParam: null,
    getNextPageParam: (last) => last.next,
    initialData: { pages: [initial], pageParams: [null] },
    staleTime: Number.POSITIVE_INFINITY,
  })
  const sessions = pages.data.pages.flatMap((page) => page.sessions)
  const first = sessions[0]?.lastAt ?? null
  const known = new Map(sessions.map(({ id, lastAt }) => [id, lastAt]))
  const { data: latest } = useQuery({
    queryKey: ['sessions', 'newer', query, first],
    queryFn: () => get<SessionList>(pathOf(query, first === null ? {} : { from: first })),
    refetchInterval: lookEveryMs,
    staleTime: lookEveryMs,
  })
  const newer = (latest?.sessions ?? []).filter(({ id, lastAt }) => known.get(id) !== lastAt).length
  const showNewer = async () => {
    const page = await get<SessionList>(pathOf(query, {}))
    client.setQueryData<Pages>(queryKey, { pages: [page], pageParams: [null] })
    router.refresh()
  }
  const { hasNextPage, isFetching, isError, fetchNextPage } = pages
  const readMore = useCallback(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage()
  }, [hasNextPage, isFetching, isError, fetchNextPage])
  return { sessions, newer, showNewer, readMore, more: hasNextPage, problem: pages.error?.message ?? null }
}

/** A filter of the URL may say `from` too; what is newer is newer than both. */
function pathOf(query: string, more: Record<string, string>): string {
  const params = new URLSearchParams(query)
  for (const [name, value] of Object.entries(more)) {
    const given = params.get(name)
    params.set(name, name === 'from' && given !== null && given > value ? given : value)
  }
  return `/api/sessions?${params}`
}
