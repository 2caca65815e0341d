'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'

export type Doing = 'approve' | 'deny' | 'cancel' | 'counter' | 'mute' | 'reason' | 'glass' | 'finding'

/** One thing at a time: what is being done, what went wrong with it, and doing it. True when it worked. */
export function useAct() {
  const client = useQueryClient()
  const [busy, setBusy] = useState<Doing | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const act = async (what: Doing, run: () => Promise<unknown>, done: string): Promise<boolean> => {
    setBusy(what)
    setProblem(null)
    try {
      await run()
      toast.success(done)
      return true
    } catch (error) {
      setProblem((error as Error).message)
      return false
    } finally {
      setBusy(null)
      await client.invalidateQueries({ queryKey: ['reviews'] })
    }
  }
  return { busy, problem, act, forget: () => setProblem(null) }
}
