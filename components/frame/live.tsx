'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import { askAnew } from './ask-anew'
import { listen, type Topic, topics } from './event-line'
import { inBursts } from './in-bursts'
import { refreshWhenReady } from './refresh'

const sleptMs = 30_000
const lookEveryMs = 5_000
/** How many wait is no matter of a moment, and counting them all is dear. */
const countEveryMs = 1_000
/** A line that breaks and is back at once is nobody's concern. */
const patienceMs = 4_000

/**
 * What changed is asked for anew at once; after a sleep or a broken line everything is. Says so while nothing can be heard.
 * `since`: what had changed when the page was made.
 */
export function Live({ since }: { since: string }) {
  const client = useQueryClient()
  const router = useRouter()
  const [broken, setBroken] = useState(false)
  // Pages that are made later belong to the line that is open by then.
  const madeAt = useRef(since)
  useEffect(() => {
    const refreshAll = () => {
      void askAnew(client)
      void refreshWhenReady(router)
    }
    let counting: ReturnType<typeof setTimeout> | undefined
    const count = () => {
      counting ??= setTimeout(() => {
        counting = undefined
        for (const what of ['count', 'breaks']) void askAnew(client, { queryKey: ['reviews', what] })
      }, countEveryMs)
    }
    const told = inBursts((topic, whats) => {
      if (topic === 'reviews') {
        window.dispatchEvent(new CustomEvent('sallyport-reviews', { detail: whats }))
        for (const id of whats ?? []) void askAnew(client, { queryKey: ['reviews', 'one', id] })
        if (whats === null) void askAnew(client, { queryKey: ['reviews', 'one'] })
        count()
      } else void askAnew(client, { queryKey: [topic] })
      window.dispatchEvent(new CustomEvent('sallyport', { detail: topic }))
    })
    let wasBroken = false
    let patience: ReturnType<typeof setTimeout> | undefined
    const stop = listen(madeAt.current, (heard) => {
      if ('topic' in heard) return told(heard.topic, heard.what)
      if (heard.line === 'broken') {
        wasBroken = true
        patience ??= setTimeout(() => setBroken(true), patienceMs)
        return
      }
      clearTimeout(patience)
      patience = undefined
      setBroken(false)
      // What changed while it was broken, or before another tab's line was joined, was not pushed.
      if (wasBroken) refreshAll()
      else if (!heard.whole) for (const topic of topics) told(topic)
      wasBroken = false
    })
    const stopWatching = onWake(refreshAll)
    return () => {
      clearTimeout(patience)
      clearTimeout(counting)
      stop()
      stopWatching()
    }
  }, [client, router])
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-0 bottom-18 z-30 flex justify-center px-4 md:bottom-4"
    >
      {broken ? (
        <p className="rounded-md border border-line bg-surface-raised px-3 py-2 text-[13px] shadow-float">
          Sallyport does not answer, so what you see may be old. Trying again.
        </p>
      ) : null}
    </div>
  )
}

/** A clock that jumps tells that the machine slept, whatever the browser says. */
function onWake(woke: () => void): () => void {
  let seenAt = Date.now()
  const look = () => {
    const slept = Date.now() - seenAt > sleptMs + lookEveryMs
    seenAt = Date.now()
    if (slept) woke()
  }
  const timer = setInterval(look, lookEveryMs)
  document.addEventListener('visibilitychange', look)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
  }
}

/** Reads the page's own data again when a topic changes. */
export function RefreshOn({ topic }: { topic: Topic }) {
  const router = useRouter()
  useEffect(() => {
    const changed = (event: Event) => {
      if ((event as CustomEvent<Topic>).detail === topic) void refreshWhenReady(router)
    }
    window.addEventListener('sallyport', changed)
    return () => window.removeEventListener('sallyport', changed)
  }, [router, topic])
  return null
}
