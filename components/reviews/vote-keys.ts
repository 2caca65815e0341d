'use client'

import { useEffect, useRef } from 'react'

/** Single keys for the question on screen; they rest while somebody types or a dialog is open. */
export function useVoteKeys(active: boolean, keys: Record<string, (() => void) | null>): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    if (!active) return
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return
      if (event.metaKey || event.ctrlKey || event.altKey || event.repeat) return
      if (document.querySelector('[role=dialog]') !== null) return
      const run = latest.current[event.key] ?? null
      if (run === null) return
      event.preventDefault()
      run()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [active])
}
