'use client'

import { useQuery } from '@tanstack/react-query'
import type { AgentView } from '../../server/agents/schemas'
import { get } from '../api'

/** Comings and goings are pushed; what is in flight and when an agent was last seen are asked for. */
export const useAgents = (everyMs: number, about: string, initial?: AgentView[]) =>
  useQuery({
    queryKey: ['agents', about],
    queryFn: () => get<AgentView[]>('/api/agents'),
    refetchInterval: everyMs,
    ...(initial === undefined ? {} : { initialData: initial }),
  })
