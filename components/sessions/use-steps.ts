'use client'

import { keepPreviousData, type UseQueryResult, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Step, StepList, StepRow } from '../../server/sessions/schemas'
import { get } from '../api'
import { askAnew } from '../frame/ask-anew'

const lookEveryMs = 5_000

/** What the page was made with: the part of the steps that holds the first one shown, that one whole, and how many steps a part has. */
export type Begun = { offset: number; list: StepList; step: Step | null; atOnce: number }
/** All steps, or those that ended so, and in which a text stands. */
export type Which = { only: string | undefined; text: string | undefined }

/** The steps from one index to another, read in parts when they are near; more are heard of while the session goes on. */
export function useSteps(
  id: string,
  which: Which,
  begun: Begun,
  [from, to]: [from: number, to: number],
  ended: boolean,
) {
  const client = useQueryClient()
  const { atOnce } = begun
  const offsetOf = (index: number): number => Math.floor(index / atOnce) * atOnce
  const totalKey = ['sessions', 'total', id, which]
  const read = async (offset: number) => {
    const list = await get<StepList>(pathOf(id, which, offset, atOnce))
    client.setQueryData(totalKey, list.total)
    return list
  }
  const { data: total } = useQuery({
    queryKey: totalKey,
    queryFn: async () => (await read(offsetOf(client.getQueryData<number>(totalKey) ?? begun.list.total))).total,
    initialData: begun.list.total,
    // Looking for a text reads the whole session.
    refetchInterval: ended || which.text !== undefined ? false : lookEveryMs,
    staleTime: lookEveryMs,
  })
  const offsets: number[] = []
  for (let offset = offsetOf(from); offset <= to; offset += atOnce) offsets.push(offset)
  const parts = useQueries({
    queries: offsets.map((offset) => ({
      queryKey: ['sessions', 'part', id, which, offset],
      queryFn: () => read(offset),
      ...(offset === begun.offset ? { initialData: begun.list } : {}),
      staleTime: lookEveryMs,
      refetchInterval: ({ state }: { state: { data: StepList | undefined } }) =>
        isOpen(state.data) && which.text === undefined ? lookEveryMs : false,
    })),
  })
  // The part that the new ones belong to.
  const lastPart = offsets.at(-1)
  useEffect(() => {
    if (lastPart !== undefined && total > lastPart)
      void askAnew(client, { queryKey: ['sessions', 'part', id, which, lastPart] })
  }, [client, id, which, lastPart, total])
  const rowAt = (index: number): StepRow | undefined => {
    const offset = offsetOf(index)
    return parts[offsets.indexOf(offset)]?.data?.steps[index - offset]
  }
  const problem = parts.find(({ error }) => error !== null)?.error?.message ?? null
  return { total, rowAt, problem }
}

const isOpen = (list: StepList | undefined): boolean => list?.steps.some(({ outcome }) => outcome === '') ?? false

/** One step, whole; the one before it is shown until it is there. */
export function useStep(id: string, stepId: string | undefined, begun: Begun): UseQueryResult<Step> {
  return useQuery({
    queryKey: ['sessions', 'step', id, stepId],
    queryFn: () => get<Step>(`/api/sessions/${id}/steps/${stepId}`),
    enabled: stepId !== undefined,
    ...(begun.step !== null && begun.step.id === stepId ? { initialData: begun.step } : {}),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    refetchInterval: ({ state }) => (state.data?.outcome === '' ? lookEveryMs : false),
  })
}

function pathOf(id: string, { only, text }: Which, offset: number, atOnce: number): string {
  const query = new URLSearchParams({
    offset: String(offset),
    limit: String(atOnce),
    ...(only ? { only } : {}),
    ...(text ? { text } : {}),
  })
  return `/api/sessions/${id}/steps?${query}`
}
