'use client'

import { useEffect, useRef, useState } from 'react'
import type { PreviewResult } from '../../../server/roles/schemas'
import type { PolicyDocument } from '../../../server/types'
import { Button } from '../../ui/button'
import { Problem } from '../../ui/page'
import { Select } from '../../ui/select'
import { count } from '../../ui/text'
import { previewDraft } from '../draft/preview'
import { PreviewFound } from './preview-found'

type State =
  | { at: 'rest' }
  | { at: 'work'; done: number; total: number }
  | { at: 'result'; result: PreviewResult }
  | { at: 'problem'; message: string }

type Days = '7' | '30' | '90'
const periods: [Days, string][] = [
  ['7', 'the last 7 days'],
  ['30', 'the last 30 days'],
  ['90', 'the last 90 days'],
]

/** Recorded calls decided again under the draft. A newer draft makes an older answer void. */
export function PreviewView({ document, revision }: { document: PolicyDocument; revision: number }) {
  const [state, setState] = useState<State>({ at: 'rest' })
  const [days, setDays] = useState<Days>('30')
  const running = useRef<AbortController | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision stands for the document
  useEffect(() => {
    setState({ at: 'rest' })
    return () => running.current?.abort()
  }, [revision])
  const start = async () => {
    const abort = new AbortController()
    running.current?.abort()
    running.current = abort
    setState({ at: 'work', done: 0, total: 0 })
    const tell = (next: State) => (abort.signal.aborted ? undefined : setState(next))
    try {
      const onProgress = (done: number, total: number) => tell({ at: 'work', done, total })
      const result = await previewDraft({ document, days: Number(days) }, { signal: abort.signal, onProgress })
      tell({ at: 'result', result })
    } catch (error) {
      tell({ at: 'problem', message: (error as Error).message })
    }
  }
  const cancel = () => {
    running.current?.abort()
    setState({ at: 'rest' })
  }
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2 text-[13px]">
        <Select
          aria-label="Period"
          value={days}
          options={periods}
          onValue={(next) => setDays(next)}
          disabled={state.at === 'work'}
        />
        {state.at === 'work' ? (
          <Button onClick={cancel}>Cancel</Button>
        ) : (
          <Button onClick={start}>{state.at === 'result' ? 'Decide them again' : 'Decide recorded calls again'}</Button>
        )}
        {state.at === 'rest' ? (
          <span className="text-ink-soft">Nothing runs; only decisions are made again.</span>
        ) : null}
      </div>
      <div aria-live="polite">
        {state.at === 'work' ? <Progress {...state} /> : null}
        {state.at === 'problem' ? <Problem>{state.message}</Problem> : null}
        {state.at === 'result' ? <PreviewFound result={state.result} /> : null}
      </div>
    </div>
  )
}

function Progress({ done, total }: { done: number; total: number }) {
  return (
    <div className="flex items-center gap-3 text-[13px] text-ink-soft">
      <progress className="h-2 w-48" aria-label="Calls decided again" max={Math.max(total, 1)} value={done} />
      {total === 0 ? 'Counting calls' : `${done.toLocaleString('en')} of ${count(total, 'call')}`}
    </div>
  )
}
