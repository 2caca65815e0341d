'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'

const topics = ['reviews', 'grants', 'policy', 'connections', 'agents'] as const
export type Topic = (typeof topics)[number]

const sleptMs = 30_000

/** Pushes: what changed is asked for anew at once. EventSource dials again by itself; after a sleep everything is asked for. */
export function Live() {
  const client = useQueryClient()
  const router = useRouter()
  useEffect(() => {
    const source = new EventSource('/api/events')
    let lastSeen = Date.now()
    const refresh = (topic: Topic) => {
      lastSeen = Date.now()
      void client.invalidateQueries({ queryKey: [topic] })
      window.dispatchEvent(new CustomEvent('sallyport', { detail: topic }))
    }
    for (const topic of topics) source.addEventListener(topic, () => refresh(topic))
    // What changed after the page was made and before the line was open, or while it was broken, was not pushed.
    source.addEventListener('open', () => topics.forEach(refresh))
    const awake = () => {
      if (document.visibilityState !== 'visible' || Date.now() - lastSeen < sleptMs) return
      lastSeen = Date.now()
      void client.invalidateQueries()
      router.refresh()
    }
    document.addEventListener('visibilitychange', awake)
    return () => {
      source.close()
      document.removeEventListener('visibilitychange', awake)
    }
  }, [client, router])
  return null
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
