'use client'

import { Bell, BellRing } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { ReviewView } from '../../server/reviews/schemas'
import { Button } from '../ui/button'

/** Tells of new questions through the browser while this page is open and not in front; asks for leave first. */
export function NotifyMe({ reviews }: { reviews: ReviewView[] }) {
  const [leave, setLeave] = useState<NotificationPermission | null>(null)
  useEffect(() => setLeave('Notification' in window ? Notification.permission : null), [])
  useNotices(reviews, leave === 'granted')
  if (leave === null || leave === 'denied') return null
  if (leave === 'granted')
    return (
      <span
        className="flex items-center gap-1.5 text-[13px] text-ink-soft"
        title="This browser tells you of new questions"
      >
        <BellRing size={14} aria-hidden />
        notified here
      </span>
    )
  return (
    <Button look="quiet" onClick={async () => setLeave(await Notification.requestPermission())}>
      <Bell size={14} aria-hidden />
      Notify me here
    </Button>
  )
}

function useNotices(reviews: ReviewView[], allowed: boolean): void {
  const known = useRef<Set<string> | null>(null)
  useEffect(() => {
    const before = known.current
    known.current = new Set(reviews.map(({ id }) => id))
    if (before === null || !allowed || !document.hidden) return
    for (const review of reviews.filter(({ id, mayVote }) => mayVote && !before.has(id)).slice(0, 3)) notify(review)
  }, [reviews, allowed])
}

/** Who and what; never the arguments, which a locked screen would show. */
function notify({ id, caller, resource, connection, wanted }: ReviewView): void {
  const what = wanted === null ? resource.id : wanted.tools.join(', ')
  const notice = new Notification(`${caller.name} wants ${what}`, { body: `on ${connection}`, tag: id })
  notice.onclick = () => {
    window.focus()
    window.history.pushState(null, '', `/reviews/${id}`)
    notice.close()
  }
}
