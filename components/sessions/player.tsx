'use client'

import { clsx } from 'clsx'
import { Pause, Play, SkipBack, SkipForward } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Step } from '../../server/sessions/schemas'
import { isForPage } from '../frame/keys'
import { Button } from '../ui/button'
import { Meaning } from '../ui/meaning'
import { duration } from '../ui/text'
import { outcomeOf } from './outcome-of'
import { nameOf, StepView } from './step-view'

const stepMs = 1200

/**
 * A session step by step: the timeline at the left, one step at the right, keys and a player bar below.
 * @param first index of the step to begin with
 */
export function Player({ steps, first }: { steps: Step[]; first: number }) {
  const last = steps.length - 1
  const [at, setAt] = useState(Math.max(0, Math.min(last, first)))
  const [playing, setPlaying] = useState(false)
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    // Within the list only: what moves it may be read further down the page.
    const box = list.current
    const row = box?.children[at]
    if (box === null || !(row instanceof HTMLElement)) return
    const [top, bottom] = [row.offsetTop - box.offsetTop, row.offsetTop - box.offsetTop + row.offsetHeight]
    if (top < box.scrollTop) box.scrollTop = top
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight
    const url = new URL(window.location.href)
    if (at === 0) url.searchParams.delete('step')
    else url.searchParams.set('step', String(at + 1))
    // Not the router's: the page would be read again for each step.
    if (url.href !== window.location.href) window.history.replaceState(null, '', url)
  }, [at])
  useEffect(() => {
    if (!playing) return
    const timer = setInterval(() => setAt((n) => Math.min(last, n + 1)), stepMs)
    return () => clearInterval(timer)
  }, [playing, last])
  useEffect(() => {
    if (at === last) setPlaying(false)
  }, [at, last])
  const toggle = useRef(() => {})
  toggle.current = () => {
    if (at === last) setAt(0)
    setPlaying(at === last || !playing)
  }
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!isForPage(event)) return
      if (event.key === 'ArrowRight' || event.key === 'ArrowDown') setAt((n) => Math.min(last, n + 1))
      else if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') setAt((n) => Math.max(0, n - 1))
      else if (event.key === ' ' && !(event.target as Element).closest('button, a, summary')) toggle.current()
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [last])
  const step = steps[at]
  if (step === undefined) return null
  return (
    <div className="grid min-w-0 gap-6 lg:grid-cols-[minmax(260px,340px)_minmax(0,1fr)]">
      <ol
        ref={list}
        className="max-h-[40dvh] self-start overflow-y-auto rounded-md border border-line bg-surface-raised lg:max-h-[70dvh]"
        aria-label="Steps"
      >
        {steps.map((one, index) => (
          <li key={one.id} className="border-t border-line first:border-t-0">
            <button
              type="button"
              data-row
              aria-current={index === at ? 'step' : undefined}
              onClick={() => setAt(index)}
              className={clsx(
                'block w-full px-3 py-2 text-left text-[13px] hover:bg-surface-sunken',
                index === at && 'bg-surface-sunken',
              )}
            >
              <span className="flex items-center justify-between gap-2">
                <code className="min-w-0 truncate font-mono text-[12px]">{nameOf(one)}</code>
                <Meaning of={outcomeOf(one)} />
              </span>
              <span className="mt-0.5 flex justify-between gap-2 text-ink-soft">
                <span className="truncate">{nameOf(one) === one.action ? '' : one.action}</span>
                <span className="tabular whitespace-nowrap">{one.ms === null ? '' : duration(one.ms)}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      <div className="flex min-w-0 flex-col gap-5">
        <StepView step={step} />
        <div className="sticky bottom-14 flex items-center gap-2 border-t border-line bg-surface py-3 md:bottom-0">
          <Button look="quiet" onClick={() => setAt(Math.max(0, at - 1))} disabled={at === 0} aria-label="Step before">
            <SkipBack size={14} aria-hidden />
          </Button>
          <Button onClick={() => toggle.current()} aria-label={playing ? 'Pause' : 'Play'}>
            {playing ? <Pause size={14} aria-hidden /> : <Play size={14} aria-hidden />}
          </Button>
          <Button
            look="quiet"
            onClick={() => setAt(Math.min(last, at + 1))}
            disabled={at === last}
            aria-label="Next step"
          >
            <SkipForward size={14} aria-hidden />
          </Button>
          <span className="tabular text-[13px] text-ink-soft" aria-live="polite">
            Step {at + 1} of {steps.length}
          </span>
        </div>
      </div>
    </div>
  )
}
