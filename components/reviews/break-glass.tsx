'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ReviewDetail } from '../../server/reviews/schemas'
import { change, get } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input, TextArea } from '../ui/field'
import { Problem, Skeleton } from '../ui/page'
import { useExactArguments } from './exact-arguments'
import { useAct } from './use-act'
import { VoteForm } from './vote-form'

/** An administrator's half of it. The arguments open with the dialog, and that is recorded. */
export function BreakGlass({ review }: { review: ReviewDetail }) {
  const [open, setOpen] = useState(false)
  const second = review.glass?.wanted.length === 1
  return (
    <>
      <Button look="danger" className="self-start" onClick={() => setOpen(true)}>
        Break the glass…
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        wide
        title={second ? 'Break the glass, as the second' : 'Break the glass, as the first of two'}
        about={
          second
            ? 'This lets it through now. Everybody who is told of questions is told, and somebody else must look at it within a day.'
            : 'Everybody who is told of questions is told. It goes through when a second administrator does the same.'
        }
      >
        {open ? <Whole review={review} onDone={() => setOpen(false)} /> : null}
      </Dialog>
    </>
  )
}

function Whole({ review, onDone }: { review: ReviewDetail; onDone: () => void }) {
  const { data, error } = useQuery({
    queryKey: ['reviews', 'glass', review.id],
    queryFn: () => get<ReviewDetail>(`/api/reviews/${review.id}/glass`),
    gcTime: 0,
  })
  if (error !== null) return <Problem>{error.message}</Problem>
  if (data === undefined) return <Skeleton className="h-40 w-full" />
  return <HalfForm review={data} onDone={onDone} />
}

function HalfForm({ review, onDone }: { review: ReviewDetail; onDone: () => void }) {
  const [why, setWhy] = useState('')
  const [minutes, setMinutes] = useState('')
  const { busy, problem, act } = useAct()
  const { shown, unread } = useExactArguments(review.arguments, review.meta)
  const access = review.wanted !== null
  const hidden = access ? 0 : unread
  const half = async () => {
    const body = { why, ...(minutes === '' ? {} : { minutes: Number(minutes) }) }
    const done =
      review.glass?.wanted.length === 1 ? 'The glass is broken.' : 'Your half is done; a second one is needed.'
    if (await act('glass', () => change('POST', `/api/reviews/${review.id}/glass`, body), done)) onDone()
  }
  return (
    <VoteForm
      onSubmit={() => (hidden > 0 ? undefined : void half())}
      onBack={onDone}
      submit={busy === 'glass' ? 'Breaking…' : 'Break the glass'}
      busy={busy !== null || hidden > 0}
      danger
      problem={problem}
    >
      {access ? (
        <p>
          {review.wanted?.tools.join(', ')}: any call, on {review.connection}.
        </p>
      ) : (
        shown
      )}
      {hidden > 0 ? <p className="text-[13px] text-ink-soft">Show all lines before you break the glass.</p> : null}
      <Field
        id="glass-why"
        label="What the emergency is"
        hint="Everybody reads it, and so does whoever looks at it afterwards."
      >
        <TextArea
          id="glass-why"
          required
          maxLength={1000}
          value={why}
          onChange={(event) => setWhy(event.target.value)}
          aria-describedby="glass-why-hint"
        />
      </Field>
      <Field
        id="glass-minutes"
        label="For minutes"
        hint={`${access ? 'Empty: as asked, a quarter of an hour at most' : 'Empty: once'}. At most ${review.glass?.minutesMax}; of two the shorter counts.`}
      >
        <Input
          id="glass-minutes"
          inputMode="numeric"
          pattern="[0-9]*"
          className="w-28!"
          value={minutes}
          onChange={(event) => setMinutes(event.target.value)}
          aria-describedby="glass-minutes-hint"
        />
      </Field>
    </VoteForm>
  )
}
