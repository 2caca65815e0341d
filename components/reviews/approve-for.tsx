'use client'

import { useState } from 'react'
import type { Give } from '../../server/reviews/schemas'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/field'
import { MinutesInput } from '../ui/minutes-input'
import { type VoteDialogProps, VoteForm } from './vote-form'

type Props = VoteDialogProps & { onGive: (give: Give) => void }

const usual = [15, 60, 240, 1440]

/** Wider than once, and never wider than the rules: how long, how often, this call or its tool, under what condition. */
export function ApproveFor({ review, open, busy, problem, onClose, onGive }: Props) {
  const most = Math.min(...review.asked.map((rule) => rule.review.maxMinutes))
  const access = review.kind === 'access'
  const toolToo = review.asked.every((rule) => rule.review.scope === 'tool')
  const [scope, setScope] = useState<Give['scope']>(access ? 'tool' : 'call')
  const [minutes, setMinutes] = useState(String(Math.min(most, review.wanted?.minutes ?? 60)))
  const [times, setTimes] = useState('')
  const [when, setWhen] = useState('')
  const give = () =>
    onGive({
      scope,
      ...(minutes.trim() === '' ? {} : { minutes: Number(minutes) }),
      ...(times.trim() === '' ? {} : { times: Number(times) }),
      ...(scope === 'tool' && when.trim() !== '' ? { when: when.trim() } : {}),
    })
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Approve for…"
      about={`It can be revoked at any time under Grants. The rules let you give at most ${most} minutes.`}
    >
      <VoteForm onSubmit={give} onBack={onClose} submit={busy ? 'Approving…' : 'Approve'} busy={busy} problem={problem}>
        {access ? null : (
          <fieldset className="flex flex-col gap-1.5">
            <legend className="mb-1 text-[13px] font-medium">What</legend>
            <Choice on={scope === 'call'} pick={() => setScope('call')} label="Exactly this call, again and again" />
            <Choice
              on={scope === 'tool'}
              pick={() => setScope('tool')}
              disabled={!toolToo}
              label={`Any call of ${review.resource.id}${toolToo ? '' : ': a rule wants every call to be looked at'}`}
            />
          </fieldset>
        )}
        <Field id="give-minutes" label="Minutes" hint="From now.">
          <MinutesInput
            id="give-minutes"
            value={minutes}
            onValue={setMinutes}
            {...{ usual, most }}
            required={scope === 'tool' || times.trim() === ''}
          />
        </Field>
        <Field id="give-times" label="At most how many times" hint="Empty: as often as needed until then.">
          <Input
            id="give-times"
            inputMode="numeric"
            pattern="[0-9]*"
            className="w-28!"
            value={times}
            onChange={(event) => setTimes(event.target.value)}
          />
        </Field>
        {scope === 'tool' ? (
          <Field
            id="give-when"
            label="Only when"
            hint="A condition (CEL), such as args.amount <= 200.0. Empty: any call."
          >
            <Input
              id="give-when"
              className="font-mono"
              spellCheck={false}
              value={when}
              onChange={(event) => setWhen(event.target.value)}
            />
          </Field>
        ) : null}
      </VoteForm>
    </Dialog>
  )
}

type ChoiceProps = { on: boolean; pick: () => void; disabled?: boolean; label: string }

const Choice = ({ on, pick, disabled = false, label }: ChoiceProps) => (
  <label className="flex items-start gap-2 text-[13px] has-disabled:text-ink-soft">
    <input type="radio" name="give-scope" checked={on} onChange={pick} disabled={disabled} className="mt-1" />
    {label}
  </label>
)
