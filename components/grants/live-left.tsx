'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { refreshWhenReady } from '../frame/refresh'
import { TimeLeft } from '../ui/time'

const timerMaxMs = 2 ** 31 - 1

/** Counts down, and reads the page again the moment it is over: a grant that ends rings no bell. */
export function LiveLeft({ from, to }: { from: string; to: string }) {
  const router = useRouter()
  useEffect(() => {
    const left = Date.parse(to) - Date.now()
    if (left < 0 || left > timerMaxMs) return
    const timer = setTimeout(() => void refreshWhenReady(router), left + 250)
    return () => clearTimeout(timer)
  }, [to, router])
  return <TimeLeft from={from} to={to} />
}
