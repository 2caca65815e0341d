'use client'

import { useState } from 'react'
import type { Give, ReviewDetail } from '../../server/reviews/schemas'
import type { JsonObject } from '../../server/types'
import { change } from '../api'
import { Button, Key } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, TextArea } from '../ui/field'
import { Problem } from '../ui/page'
import { ApproveFor } from './approve-for'
import { CounterOffer } from './counter-offer'
import { useAct } from './use-act'
import { VoteForm } from './vote-form'
import { useVoteKeys } from './vote-keys'

type Open = 'deny' | 'approve-for' | 'counter' | null

/** Stays at the bottom: approve once, approve for, change, deny with a reason. What is folded must be read before. */
export function VoteBar({ review, unread }: { review: ReviewDetail; unread: number }) {
  const [open, setOpen] = useState<Open>(null)
  const [note, setNote] = useState('')
  const { busy, problem, act, forget } = useAct()
  const access = review.kind === 'access'
  const approvable = review.mayVote && unread <= 0 && (review.whole || access)
  const changeable = approvable && !access
  const show = (what: Open) => {
    forget()
    setOpen(what)
  }
  const post = async (what: 'approve' | 'deny' | 'counter', path: string, body: object, done: string) => {
    if (await act(what, () => change('POST', `/api/reviews/${review.id}/${path}`, body), done)) setOpen(null)
  }
  const approve = (give?: Give) =>
    post('approve', 'votes', { verdict: 'approve', ...(give === undefined ? {} : { give }) }, doneWith(access, give))
  const deny = () =>
    post('deny', 'votes', { verdict: 'deny', ...noteOf(note) }, 'Denied. The caller reads your reason.')
  const counter = (args: JsonObject, why: string) =>
    post('counter', 'counter', { arguments: args, ...noteOf(why) }, 'Offered. The caller reads the new arguments.')
  useVoteKeys(review.mayVote && open === null, {
    a: approvable ? () => void approve() : null,
    A: approvable ? () => show('approve-for') : null,
    e: changeable ? () => show('counter') : null,
    d: () => show('deny'),
  })

  if (review.state !== 'pending') return problem === null ? null : <Problem>{problem}</Problem>
  if (!review.mayVote) return <Onlooker review={review} />
  const dialog = { review, busy: busy !== null, problem: open === null ? null : problem, onClose: () => setOpen(null) }
  return (
    <Bar problem={open === null ? problem : null}>
      <Button
        look="main"
        className="h-11 flex-1 basis-full sm:h-9 sm:flex-none sm:basis-auto"
        disabled={!approvable || busy !== null}
        onClick={() => approve()}
      >
        {busy === 'approve' ? 'Approving…' : access ? `Approve ${review.wanted?.minutes} min` : 'Approve once'}{' '}
        <Key>a</Key>
      </Button>
      <Button
        className="h-11 flex-1 sm:h-9 sm:flex-none"
        disabled={!approvable || busy !== null}
        onClick={() => show('approve-for')}
      >
        Approve for… <Key>A</Key>
      </Button>
      {access ? null : (
        <Button
          className="h-11 flex-1 sm:h-9 sm:flex-none"
          disabled={!changeable || busy !== null}
          onClick={() => show('counter')}
        >
          Change… <Key>e</Key>
        </Button>
      )}
      <Button
        look="danger"
        className="h-11 flex-1 sm:h-9 sm:flex-none"
        disabled={busy !== null}
        onClick={() => show('deny')}
      >
        Deny <Key>d</Key>
      </Button>
      {unread > 0 ? <p className="text-[13px] text-ink-soft">Show all lines before you approve.</p> : null}
      <ApproveFor {...dialog} open={open === 'approve-for'} onGive={approve} />
      {open === 'counter' ? <CounterOffer {...dialog} open onOffer={counter} /> : null}
      <Dialog
        open={open === 'deny'}
        onClose={() => setOpen(null)}
        title="Deny"
        about="The caller, and the AI that asked, read your reason."
      >
        <VoteForm
          onSubmit={deny}
          onBack={() => setOpen(null)}
          submit={busy === 'deny' ? 'Denying…' : 'Deny'}
          busy={busy !== null}
          danger
          problem={problem}
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
        </VoteForm>
      </Dialog>
    </Bar>
  )
}

const noteOf = (note: string) => (note.trim() === '' ? {} : { note: note.trim() })

function doneWith(access: boolean, give: Give | undefined): string {
  if (give === undefined) return access ? 'Approved.' : 'Approved. It runs once.'
  const often = give.times === undefined ? '' : `, ${give.times} times at most`
  return `Approved${give.minutes === undefined ? '' : ` for ${give.minutes} minutes`}${often}.`
}

/** For whoever may look and not decide: the caller, who may take it back, and others. */
function Onlooker({ review }: { review: ReviewDetail }) {
  const { busy, problem, act } = useAct()
  if (!review.mine)
    return (
      <Bar problem={problem}>
        <p className="text-ink-soft">You may look, and others decide.</p>
      </Bar>
    )
  return (
    <Bar problem={problem}>
      <p className="flex-1 text-ink-soft">This is your own question; somebody else decides it.</p>
      <Button
        onClick={() => act('cancel', () => change('POST', `/api/reviews/${review.id}/cancel`), 'Cancelled.')}
        disabled={busy !== null}
      >
        {busy === 'cancel' ? 'Cancelling…' : 'Cancel it'}
      </Button>
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
