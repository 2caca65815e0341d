'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { toast } from 'sonner'
import type { ReviewDetail } from '../../server/reviews/schemas'
import { change } from '../api'
import { Button, Key } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, TextArea } from '../ui/field'
import { Problem } from '../ui/page'

type Verdict = 'approve' | 'deny'

const busyWith = { approve: 'Approving…', deny: 'Denying…', cancel: 'Cancelling…' } as const

/** Stays at the bottom: approve once, deny with a reason. What is folded must be read before. */
export function VoteBar({ review, unread }: { review: ReviewDetail; unread: number }) {
  const client = useQueryClient()
  const [asking, setAsking] = useState(false)
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState<keyof typeof busyWith | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const approvable = review.mayVote && unread <= 0 && review.whole

  const act = async (what: keyof typeof busyWith, run: () => Promise<unknown>, done: string) => {
    setBusy(what)
    setProblem(null)
    try {
      await run()
      setAsking(false)
      toast.success(done)
    } catch (error) {
      setProblem((error as Error).message)
    } finally {
      setBusy(null)
      await client.invalidateQueries({ queryKey: ['reviews'] })
    }
  }
  const vote = (verdict: Verdict) =>
    act(
      verdict,
      () =>
        change('POST', `/api/reviews/${review.id}/votes`, {
          verdict,
          ...(note.trim() === '' ? {} : { note: note.trim() }),
        }),
      verdict === 'approve' ? 'Approved. It runs once.' : 'Denied. The caller reads your reason.',
    )
  useVoteKeys(
    review.mayVote && !asking,
    approvable,
    () => void vote('approve'),
    () => setAsking(true),
  )

  if (review.state !== 'pending') return problem === null ? null : <Problem>{problem}</Problem>
  if (review.mine)
    return (
      <Bar problem={problem}>
        <p className="flex-1 text-ink-soft">This is your own question; somebody else decides it.</p>
        <Button
          onClick={() => act('cancel', () => change('POST', `/api/reviews/${review.id}/cancel`), 'Cancelled.')}
          disabled={busy !== null}
        >
          {busy === 'cancel' ? busyWith.cancel : 'Cancel it'}
        </Button>
      </Bar>
    )
  if (!review.mayVote)
    return (
      <Bar problem={problem}>
        <p className="text-ink-soft">You may look, and others decide.</p>
      </Bar>
    )
  return (
    <Bar problem={problem}>
      <Button
        look="main"
        className="h-9 flex-1 sm:flex-none"
        disabled={!approvable || busy !== null}
        onClick={() => vote('approve')}
      >
        {busy === 'approve' ? busyWith.approve : 'Approve once'} <Key>a</Key>
      </Button>
      <Button
        look="danger"
        className="h-9 flex-1 sm:flex-none"
        disabled={busy !== null}
        onClick={() => setAsking(true)}
      >
        Deny <Key>d</Key>
      </Button>
      {unread > 0 ? <p className="text-[13px] text-ink-soft">Show all lines before you approve.</p> : null}
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Deny"
        about="The caller, and the AI that asked, read your reason."
      >
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault()
            void vote('deny')
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.requestSubmit()
          }}
        >
          <Field id="deny-note" label="Reason" hint="For example: ask the customer first.">
            <TextArea
              id="deny-note"
              autoFocus
              value={note}
              maxLength={1000}
              onChange={(event) => setNote(event.target.value)}
              aria-describedby="deny-note-hint"
            />
          </Field>
          {problem === null ? null : <Problem>{problem}</Problem>}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setAsking(false)}>Back</Button>
            <Button type="submit" look="danger" disabled={busy !== null}>
              {busy === 'deny' ? busyWith.deny : 'Deny'}
            </Button>
          </div>
        </form>
      </Dialog>
    </Bar>
  )
}

function Bar({ problem, children }: { problem: string | null; children: React.ReactNode }) {
  return (
    <div className="sticky bottom-14 z-20 -mx-4 flex flex-col gap-2 border-t border-line bg-surface px-4 py-3 md:bottom-0 md:mx-0 md:px-0">
      {problem === null ? null : <Problem>{problem}</Problem>}
      <div className="flex flex-wrap items-center gap-2">{children}</div>
    </div>
  )
}

function useVoteKeys(active: boolean, approvable: boolean, approve: () => void, deny: () => void): void {
  const latest = useRef({ approvable, approve, deny })
  latest.current = { approvable, approve, deny }
  useEffect(() => {
    if (!active) return
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      if (
        /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
        event.metaKey ||
        event.ctrlKey ||
        event.altKey ||
        event.repeat
      )
        return
      if (document.querySelector('[role=dialog]') !== null) return
      if (event.key === 'a' && latest.current.approvable) latest.current.approve()
      if (event.key === 'd') {
        event.preventDefault()
        latest.current.deny()
      }
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [active])
}
