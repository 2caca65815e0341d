'use client'

import Link from 'next/link'
import { useEffect, useRef, useState } from 'react'
import type { PreviewGroup, PreviewKind, PreviewResult } from '../../../server/roles/schemas'
import type { PolicyDocument } from '../../../server/types'
import { Button } from '../../ui/button'
import { cardClass, Problem } from '../../ui/page'
import { Select } from '../../ui/select'
import { count, duration } from '../../ui/text'
import { previewDraft } from '../draft/preview'

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
        {state.at === 'result' ? <Result result={state.result} /> : null}
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

const kinds: Record<PreviewKind, [title: string, about: string, color: string]> = {
  denied: ['Newly denied', 'was allowed or asked for', 'text-deny'],
  reviewed: ['Newly asked for approval', 'was allowed or denied', 'text-review'],
  allowed: ['Newly allowed', 'was denied or asked for', 'text-allow'],
  unmasked: ['Less hidden in replies', 'allowed as before', 'text-masked'],
  masked: ['More hidden in replies', 'allowed as before', 'text-masked'],
}

function Result({ result }: { result: PreviewResult }) {
  const { calls, same, groups, more, cannotTell, tookMs } = result
  return (
    <div className="flex flex-col gap-3">
      <p className="text-[13px]">
        Of {count(calls, 'recorded call')}, <strong className="font-semibold">{same.toLocaleString('en')}</strong> would
        go as they went. <span className="text-ink-soft">Decided again in {duration(tookMs)}.</span>
      </p>
      {(Object.keys(kinds) as PreviewKind[]).map((kind) => (
        <Kind key={kind} kind={kind} groups={groups.filter((group) => group.kind === kind)} />
      ))}
      {more > 0 ? <p className="text-[13px] text-ink-soft">and {more.toLocaleString('en')} smaller groups</p> : null}
      {cannotTell.map(({ why, calls: unknown }) => (
        <p key={why} className="text-[13px] text-ink-soft">
          Cannot tell for {count(unknown, 'call')}: {why}.
        </p>
      ))}
    </div>
  )
}

function Kind({ kind, groups }: { kind: PreviewKind; groups: PreviewGroup[] }) {
  if (groups.length === 0) return null
  const [title, about, color] = kinds[kind]
  const total = groups.reduce((sum, group) => sum + group.calls, 0)
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-[13px]">
        <strong className={`font-semibold ${color}`}>{title}</strong>{' '}
        <span className="text-ink-soft">
          {count(total, 'call')}; {about}
        </span>
      </h3>
      <ul className={cardClass}>
        {groups.map((group) => (
          <li
            key={JSON.stringify([group.person.id, group.connection, group.action, group.resource, group.before])}
            className="flex flex-wrap items-baseline gap-x-2 border-t border-line px-4 py-2 text-[13px] first:border-t-0"
          >
            <span className="font-medium">{group.person.name}</span>
            <span>
              <code className="font-mono text-[12px]">{group.resource}</code> on {group.connection}
            </span>
            <span className="tabular text-ink-soft">{count(group.calls, 'call')}</span>
            {group.hidden.length === 0 ? null : <span className="text-ink-soft">{group.hidden.join(', ')}</span>}
            {group.rules.length === 0 ? null : (
              <span className="text-ink-soft">
                by {group.rules.map(({ role, rule }) => `${role}/${rule}`).join(', ')}
              </span>
            )}
            <span className="ml-auto flex gap-2">
              {group.examples.map(({ entry, session }, index) =>
                session === null ? null : (
                  <Link
                    key={entry}
                    className="text-accent underline-offset-2 hover:underline"
                    aria-label={`Call ${index + 1} of ${group.person.name} to ${group.resource}`}
                    href={`/ask?ask=why&entry=${encodeURIComponent(entry)}`}
                  >
                    call {index + 1}
                  </Link>
                ),
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
