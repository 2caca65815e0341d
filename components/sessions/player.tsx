'use client'

import { Pause, Play, SkipBack, SkipForward } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { isForPage } from '../frame/keys'
import { Button } from '../ui/button'
import { Link } from '../ui/link'
import { Problem, Skeleton } from '../ui/page'
import { count } from '../ui/text'
import { StepView } from './step-view'
import { stepsHref } from './steps-href'
import { Timeline } from './timeline'
import { type Begun, useStep, useSteps, type Which } from './use-steps'

const stepMs = 1200

type Props = {
  id: string
  which: Which
  /** Index of the step to begin with. */
  first: number
  begun: Begun
  ended: boolean
  children?: React.ReactNode
}

/** A session step by step: the timeline at the left, one step at the right, keys and a player bar below. */
export function Player({ id, which, first, begun, ended, children }: Props) {
  const [at, setAt] = useState(first)
  const [seen, setSeen] = useState<[number, number]>([first, first])
  const see = useCallback((range: [number, number]) => setSeen(range), [])
  const { total, rowAt, problem } = useSteps(id, which, begun, [Math.min(at, seen[0]), Math.max(at, seen[1])], ended)
  const last = total - 1
  const { playing, toggle } = usePlaying(at, last, setAt)
  useStepKeys(last, setAt, toggle)
  useStepInUrl(at)
  const { data: step, error, isPlaceholderData: isEarlier } = useStep(id, rowAt(at)?.id, begun)
  const wrong = problem ?? error?.message ?? null
  return (
    <div className="grid min-w-0 gap-6 lg:grid-cols-[minmax(260px,340px)_minmax(0,1fr)]">
      <Timeline total={total} at={at} rowAt={rowAt} onPick={setAt} onSee={see}>
        {children}
      </Timeline>
      <div className="flex min-w-0 flex-col gap-5">
        {wrong === null ? null : <Problem>This step could not be read: {wrong}</Problem>}
        {step === undefined ? (
          <Skeleton className="h-56" />
        ) : (
          // While the chosen one is read, nothing of the one before it can be taken for it.
          <div inert={isEarlier} aria-busy={isEarlier}>
            <StepView step={step} sessionId={id} />
          </div>
        )}
        <div className="sticky bottom-14 flex items-center gap-2 border-t border-line bg-surface py-3 md:bottom-0">
          <Button look="quiet" onClick={() => setAt(Math.max(0, at - 1))} disabled={at === 0} aria-label="Step before">
            <SkipBack size={14} aria-hidden />
          </Button>
          <Button onClick={toggle} aria-label={playing ? 'Pause' : 'Play'}>
            {playing ? <Pause size={14} aria-hidden /> : <Play size={14} aria-hidden />}
          </Button>
          <Button
            look="quiet"
            onClick={() => setAt(Math.min(last, at + 1))}
            disabled={at >= last}
            aria-label="Next step"
          >
            <SkipForward size={14} aria-hidden />
          </Button>
          <span className="tabular text-[13px] text-ink-soft" aria-live="polite">
            Step {(at + 1).toLocaleString('en')} of {count(total, 'step').replace(/ steps?$/, '')}
          </span>
          {stepsHref(id, which) === stepsHref(id, {}) || step === undefined ? null : (
            <Link href={`/sessions/${id}?at=${step.id}`} className="ml-auto text-[13px] font-medium text-accent">
              Among all steps
            </Link>
          )}
        </div>
      </div>
    </div>
  )
}

type SetAt = (next: (n: number) => number) => void

/** One step after the other, to the last. */
function usePlaying(at: number, last: number, setAt: SetAt) {
  const [playing, setPlaying] = useState(false)
  useEffect(() => {
    if (!playing) return
    const timer = setInterval(() => setAt((n) => Math.min(last, n + 1)), stepMs)
    return () => clearInterval(timer)
  }, [playing, last, setAt])
  useEffect(() => {
    if (at >= last) setPlaying(false)
  }, [at, last])
  const toggle = () => {
    if (at >= last) setAt(() => 0)
    setPlaying(at >= last || !playing)
  }
  return { playing, toggle }
}

function useStepKeys(last: number, setAt: SetAt, toggle: () => void): void {
  const latest = useRef({ last, toggle })
  latest.current = { last, toggle }
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!isForPage(event)) return
      const now = latest.current
      if (event.key === 'ArrowRight' || event.key === 'ArrowDown') setAt((n) => Math.min(now.last, n + 1))
      else if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') setAt((n) => Math.max(0, n - 1))
      else if (event.key === 'Home') setAt(() => 0)
      else if (event.key === 'End') setAt(() => now.last)
      else if (event.key === ' ' && !(event.target as Element).closest('button, a, summary')) now.toggle()
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [setAt])
}

/** Not the router's: the page would be read again for each step. */
function useStepInUrl(at: number): void {
  useEffect(() => {
    const url = new URL(window.location.href)
    if (at === 0) url.searchParams.delete('step')
    else url.searchParams.set('step', String(at + 1))
    if (url.href !== window.location.href) window.history.replaceState(null, '', url)
  }, [at])
}
