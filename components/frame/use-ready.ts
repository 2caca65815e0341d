import { useEffect, useRef, useState } from 'react'

const lookEveryMs = 3_000

/**
 * Whether the server can serve, its database included; null until that is known. `onBack` runs when it can again: never when it
 * could all along, for then something else is wrong, and asking again at once helps nobody.
 */
export function useReady(onBack: () => void): boolean | null {
  const [ready, setReady] = useState<boolean | null>(null)
  const back = useRef(onBack)
  back.current = onBack
  useEffect(() => {
    let wasAway = false
    let next: ReturnType<typeof setTimeout> | undefined
    const look = async () => {
      const now = await isReady()
      setReady(now)
      if (now && wasAway) return back.current()
      wasAway ||= !now
      next = setTimeout(look, lookEveryMs)
    }
    void look()
    return () => clearTimeout(next)
  }, [])
  return ready
}

export const isReady = (): Promise<boolean> =>
  fetch('/readyz', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )
