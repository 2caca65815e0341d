'use client'

import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { ReviewView } from '../../server/reviews/schemas'
import { get } from '../api'
import { askAnew } from '../frame/ask-anew'

export type Pages = InfiniteData<ReviewView[], string | null>

/** Told of more at once than this, a page asks for the whole list. */
const cardsMax = 8

/** Asks for the cards that changed and puts them in their places, so that a list of a thousand costs as little as one. */
export function useCards(state: 'pending' | 'settled', search: string): void {
  const client = useQueryClient()
  useEffect(() => {
    const key = ['reviews', 'list', state, search]
    // One after the other: what is asked later must not be overwritten by what was asked before.
    let last = Promise.resolve()
    const changed = (event: Event) => {
      const whats = (event as CustomEvent<string[] | null>).detail
      const few = whats !== null && whats.length <= cardsMax && state === 'pending' && search === ''
      const whole = () => askAnew(client, { queryKey: key })
      // A list whose first answer is on its way has no place for a card yet.
      const isThere = () => client.getQueryData(key) !== undefined
      last = last.then(() => (few && isThere() ? putCards(client, key, whats) : whole())).catch(whole)
    }
    window.addEventListener('sallyport-reviews', changed)
    return () => window.removeEventListener('sallyport-reviews', changed)
  }, [client, state, search])
}

async function putCards(client: QueryClient, key: string[], ids: string[]): Promise<void> {
  const known = ids.filter((id) => /^[0-9a-f-]{36}$/.test(id))
  const found = await Promise.all(known.map((id) => get<ReviewView[]>(`/api/reviews?state=pending&limit=1&id=${id}`)))
  client.setQueryData<Pages>(key, (old) => (old === undefined ? old : withCards(old, known, found.flat())))
}

/** Newest first, as the list comes; what does not wait any more is gone. */
export function withCards({ pages, pageParams }: Pages, ids: string[], cards: ReviewView[]): Pages {
  const changed = new Set(ids)
  const isNew = (card: ReviewView) => !pages.some((page) => page.some(({ id }) => id === card.id))
  const byId = new Map(cards.map((card) => [card.id, card]))
  const kept = pages.map((page) =>
    page.flatMap((card) => {
      const fresh = byId.get(card.id)
      return fresh !== undefined ? [fresh] : changed.has(card.id) ? [] : [card]
    }),
  )
  const [first = [], ...others] = kept
  const added = cards.filter(isNew).sort((a, b) => b.createdAt.localeCompare(a.createdAt))
  return { pages: [[...added, ...first], ...others], pageParams }
}
