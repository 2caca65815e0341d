'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useId, useState } from 'react'
import type { DraftCheck } from '../../../server/roles/schemas'
import { type ApiProblem, change } from '../../api'
import type { Draft } from './use-draft'

const restMs = 300
const againMs = 3_000

export type Check = { check: DraftCheck | null; isCurrent: boolean; problem: string | null; isSignedOut: boolean }

/** What is wrong with a draft and what it changes, asked for when typing rests. */
export function useCheck(draft: Draft | null): Check {
  const id = useId()
  const [rested, setRested] = useState<Draft | null>(null)
  const revision = draft?.revision
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision stands for the draft
  useEffect(() => {
    const timer = setTimeout(() => setRested(draft), rested === null ? 0 : restMs)
    return () => clearTimeout(timer)
  }, [revision, draft?.base.number])
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['policy', 'check', id, rested?.revision, rested?.base.number],
    queryFn: () =>
      change<DraftCheck>('POST', '/api/policy/check', { document: rested?.document, basedOn: rested?.base.number }),
    enabled: rested !== null,
    placeholderData: keepPreviousData,
    // A server that starts again, or somebody who signs in again elsewhere, is found without a keystroke.
    refetchInterval: (query) => (query.state.status === 'error' ? againMs : false),
    gcTime: 10_000,
  })
  const isCurrent = data !== undefined && !isPlaceholderData && rested?.revision === revision
  const isSignedOut = (error as ApiProblem | null)?.status === 401
  return { check: data ?? null, isCurrent, problem: error === null ? null : error.message, isSignedOut }
}
