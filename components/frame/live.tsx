'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { listen, type Topic, topics } from './event-line'

const sleptMs = 30_000
const lookEveryMs = 5_000
/** A burst is answered once at its beginning and once at its end. */
const burstMs = 300
/** A line that breaks and is back at once is nobody's concern. */
const patienceMs = 4_000

/** What changed is asked for anew at once; after a sleep or a broken line everything is. Says so while nothing can be heard. */
export function Live() {
  const client = useQueryClient()
  const router = useRouter()
  const [broken, setBroken] = useState(false)
  useEffect(() => {
    const refreshAll = () => {
      void client.invalidateQueries()
      router.refresh()
    }
    const told = inBursts((topic: Topic) => {
      void client.invalidateQueries({ queryKey: [topic] })
      window.dispatchEvent(new CustomEvent('sallyport', { detail: topic }))
    })
    let wasBroken = false
    let patience: ReturnType<typeof setTimeout> | undefined
    const stop = listen((heard) => {
      if ('topic' in heard) return told(heard.topic)
      if (heard.line === 'broken') {
        wasBroken = true
        patience ??= setTimeout(() => setBroken(true), patienceMs)
        return
      }
      clearTimeout(patience)
      patience = undefined
      setBroken(false)
      // What changed after the page was made and before the line was open, or while it was broken, was not pushed.
      if (wasBroken) refreshAll()
      else topics.forEach(told)
      wasBroken = false
    })
    const stopWatching = onWake(refreshAll)
    return () => {
      clearTimeout(patience)
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

function inBursts(tell: (topic: Topic) => void): (topic: Topic) => void {
  const waiting = new Map<Topic, boolean>()
  const hear = (topic: Topic) => {
    if (waiting.has(topic)) return void waiting.set(topic, true)
    tell(topic)
    waiting.set(topic, false)
    setTimeout(() => {
      const more = waiting.get(topic)
      waiting.delete(topic)
      if (more) hear(topic)
    }, burstMs)
  }
  return hear
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
      if ((event as CustomEvent<Topic>).detail === topic) router.refresh()
    }
    window.addEventListener('sallyport', changed)
    return () => window.removeEventListener('sallyport', changed)
  }, [router, topic])
  return null
}
