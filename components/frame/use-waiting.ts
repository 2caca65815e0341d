'use client'

import { useQuery } from '@tanstack/react-query'
import { usePathname } from 'next/navigation'
import { useEffect } from 'react'
import { get } from '../api'

/** How many questions wait for this viewer; the tab says it too, in its title and its icon, also when it is not in front. */
export function useWaiting(initial: number): number {
  const { data: waiting = initial } = useQuery({
    queryKey: ['reviews', 'count'],
    queryFn: async () => (await get<{ waiting: number }>('/api/reviews/count')).waiting,
    initialData: initial,
    refetchInterval: 60_000,
    refetchIntervalInBackground: true,
  })
  useTitle(waiting)
  useIcon(waiting)
  return waiting
}

const withCount = (title: string, n: number) => {
  const bare = title.replace(/^\(\d+\) /, '')
  return n > 0 ? `(${n}) ${bare}` : bare
}

/** A new page brings a new title, whenever it comes. */
function useTitle(n: number): void {
  useEffect(() => {
    const set = () => {
      const wanted = withCount(document.title, n)
      if (document.title !== wanted) document.title = wanted
    }
    set()
    const watch = new MutationObserver(set)
    watch.observe(document.head, { childList: true, subtree: true, characterData: true })
    return () => watch.disconnect()
  }, [n])
}

const badge = (n: number) => `<circle cx="23" cy="9" r="9" fill="#b45309"/><text x="23" y="13.5" fill="#fff"
  font-family="system-ui" font-weight="700" font-size="12" text-anchor="middle">${n > 9 ? '9+' : n}</text>`

function useIcon(n: number): void {
  const path = usePathname()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page may bring the plain icon again
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    if (link === null) return
    link.dataset.plain ??= link.href
    if (n === 0) {
      if (link.href !== link.dataset.plain) link.href = link.dataset.plain
      return
    }
    const controller = new AbortController()
    fetch(link.dataset.plain, { signal: controller.signal })
      .then((response) => response.text())
      .then((svg) => {
        const marked = svg.replace('</svg>', `${badge(n)}</svg>`)
        link.href = `data:image/svg+xml,${encodeURIComponent(marked)}`
      })
      .catch(() => {})
    return () => controller.abort()
  }, [n, path])
}
