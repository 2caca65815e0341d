'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { clsx } from 'clsx'
import { type MouseEvent, memo, useEffect, useRef } from 'react'
import type { ReviewView } from '../../server/reviews/schemas'
import { Link } from '../ui/link'
import { Meaning } from '../ui/meaning'
import { Time, TimeLeft } from '../ui/time'
import { Visible } from '../ui/visible'
import { gist, toolsOf, wants } from './gist'

type Props = {
  reviews: ReviewView[]
  label: string
  selected: string | null
  href: (id: string) => string
  /** Asks for more; null when there is no more, or it is coming. */
  onEnd: (() => unknown) | null
}

const rowPx = 61

/** Only the rows in sight are there, so that a thousand cost no more than twenty. */
export function ReviewList({ reviews, label, selected, href, onEnd }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: reviews.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 8,
    initialRect: { width: 380, height: 900 },
    getItemKey: (index) => reviews[index]?.id ?? index,
  })
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= reviews.length - 1) void onEnd?.()
  }, [last, reviews.length, onEnd])
  return (
    <div
      ref={scroller}
      className="max-h-[calc(100dvh-190px)] overflow-y-auto rounded-md border border-line bg-surface-raised lg:max-h-[calc(100dvh-130px)]"
    >
      <ul aria-live="polite" aria-label={label} className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const review = reviews[index]
          return review === undefined ? null : (
            <li
              key={key}
              aria-setsize={onEnd === null ? reviews.length : -1}
              aria-posinset={index + 1}
              className={clsx('absolute inset-x-0 border-line', index > 0 && 'border-t')}
              style={{ top: start, height: rowPx }}
            >
              <Row review={review} chosen={selected === review.id} href={href(review.id)} />
            </li>
          )
        })}
      </ul>
    </div>
  )
}

type RowProps = { review: ReviewView; chosen: boolean; href: string }

const Row = memo(function Row({ review, chosen, href }: RowProps) {
  // The list stays where it is; only the question is fetched.
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    window.history.pushState(null, '', href)
  }
  return (
    <Link
      data-row
      prefetch={false}
      href={href}
      onClick={open}
      aria-current={chosen ? 'true' : undefined}
      className={clsx('block h-full px-3 py-2.5 hover:bg-surface-sunken', chosen && 'bg-surface-sunken')}
    >
      <span className="flex items-center justify-between gap-2">
        <span className="min-w-0 truncate text-[13px]">
          <strong className="font-semibold">
            <Visible text={review.caller.name} />
          </strong>
          {review.mine ? ' (you)' : ''} {wants(review.state)}{' '}
          <code className="font-mono text-[12px]">
            <Visible text={toolsOf(review)} />
          </code>
        </span>
        {review.state === 'pending' ? (
          <TimeLeft from={review.createdAt} to={review.expiresAt} />
        ) : (
          <Meaning of={review.state} />
        )}
      </span>
      <span className="mt-0.5 flex items-center justify-between gap-2 text-[13px] text-ink-soft">
        <span className="min-w-0 truncate">
          <Visible text={gist(review)} />
        </span>
        <Time at={review.settledAt ?? review.createdAt} />
      </span>
    </Link>
  )
})
