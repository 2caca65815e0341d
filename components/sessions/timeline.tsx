'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { clsx } from 'clsx'
import { type ReactNode, useEffect, useRef } from 'react'
import type { StepRow } from '../../server/sessions/schemas'
import { Meaning } from '../ui/meaning'
import { duration } from '../ui/text'
import { Visible } from '../ui/visible'
import { nameOf } from './name-of'

const rowPx = 59

type Props = {
  total: number
  at: number
  rowAt(index: number): StepRow | undefined
  onPick(index: number): void
  /** Tells which of them are near what is on screen. */
  onSee(range: [from: number, to: number]): void
  children?: ReactNode
}

/** The steps of a session, however many: only those on screen are there. The one at `at` stays in sight. */
export function Timeline({ total, at, rowAt, onPick, onSee, children }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 8,
    initialRect: { width: 340, height: 560 },
    initialOffset: Math.max(0, (at - 3) * rowPx),
  })
  const items = virtual.getVirtualItems()
  const [from, to] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0]
  useEffect(() => onSee([from, to]), [from, to, onSee])
  const latest = useRef(virtual)
  latest.current = virtual
  // Within the list only: what moves it may be read further down the page.
  useEffect(() => latest.current.scrollToIndex(at), [at])
  return (
    <div className="flex min-w-0 flex-col gap-2 self-start">
      {children}
      <div
        ref={scroller}
        className="h-[40dvh] overflow-y-auto rounded-md border border-line bg-surface-raised lg:h-[70dvh]"
        style={{ maxHeight: Math.max(1, total) * rowPx + 2 }}
      >
        <ol aria-label="Steps" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => (
            <li
              key={index}
              aria-setsize={total}
              aria-posinset={index + 1}
              className={clsx('absolute inset-x-0 border-line', index > 0 && 'border-t')}
              style={{ top: start, height: rowPx }}
            >
              <Line step={rowAt(index)} chosen={index === at} onPick={() => onPick(index)} />
            </li>
          ))}
        </ol>
      </div>
    </div>
  )
}

type LineProps = { step: StepRow | undefined; chosen: boolean; onPick: () => void }

const Line = ({ step, chosen, onPick }: LineProps) => (
  <button
    type="button"
    data-row
    aria-current={chosen ? 'step' : undefined}
    onClick={onPick}
    className={clsx(
      'block h-full w-full px-3 py-2 text-left text-[13px] hover:bg-surface-sunken',
      chosen && 'bg-surface-sunken',
    )}
  >
    {step === undefined ? (
      <span className="text-ink-soft">…</span>
    ) : (
      <>
        <span className="flex items-center justify-between gap-2">
          <code className="min-w-0 truncate font-mono text-[12px]">
            <Visible text={nameOf(step)} />
          </code>
          <Meaning of={step.outcome} />
        </span>
        <span className="mt-0.5 flex justify-between gap-2 text-ink-soft">
          <span className="truncate">{nameOf(step) === step.action ? '' : step.action}</span>
          <span className="tabular whitespace-nowrap">{step.ms === null ? '' : duration(step.ms)}</span>
        </span>
      </>
    )}
  </button>
)
