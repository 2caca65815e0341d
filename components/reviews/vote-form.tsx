'use client'

import type { ReactNode } from 'react'
import type { ReviewDetail } from '../../server/reviews/schemas'
import { Button } from '../ui/button'
import { Form } from '../ui/form'
import { Problem } from '../ui/page'

/** What every dialog of the vote bar is given. */
export type VoteDialogProps = {
  review: ReviewDetail
  open: boolean
  busy: boolean
  problem: string | null
  onClose: () => void
}

type Props = {
  onSubmit: () => void
  onBack: () => void
  submit: string
  busy: boolean
  danger?: boolean
  problem: string | null
  children: ReactNode
}

/** The frame of every form of the vote bar: Ctrl-Enter sends, what went wrong stands above the buttons. */
export function VoteForm({ onSubmit, onBack, submit, busy, danger = false, problem, children }: Props) {
  return (
    <Form className="flex flex-col gap-3" onSend={onSubmit}>
      {children}
      {problem === null ? null : <Problem>{problem}</Problem>}
      <div className="flex justify-end gap-2">
        <Button onClick={onBack}>Back</Button>
        <Button type="submit" look={danger ? 'danger' : 'main'} disabled={busy}>
          {submit}
        </Button>
      </div>
    </Form>
  )
}
