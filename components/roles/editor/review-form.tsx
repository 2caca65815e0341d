'use client'

import type { ReviewSettings } from '../../../server/types'
import { NumberInput } from '../../ui/number-input'
import { Select } from '../../ui/select'
import { Problems, placeOf } from '../draft/editor-context'
import { MembersField } from './members-field'

type Patch = Partial<Omit<ReviewSettings, 'breakGlass'>> & { breakGlass?: true | undefined }
type Props = {
  path: string
  of: string
  review: ReviewSettings
  onChange(patch: Patch, key: string): void
}

const scopes: [ReviewSettings['scope'], string][] = [
  ['call', 'this call only'],
  ['tool', 'this call, or the tool for a time'],
]
const reasons: [ReviewSettings['reason'], string][] = [
  ['optional', 'may say why'],
  ['required', 'must say why'],
]
const emergencies: ['nobody' | 'admins', string][] = [
  ['nobody', 'nobody else decides'],
  ['admins', 'two administrators may break the glass'],
]

/** Who is asked, what they may give, and for how long, as a sentence. */
export function ReviewForm({ path, of, review, onChange }: Props) {
  const number = (key: 'approvals' | 'maxMinutes' | 'expiresMinutes', label: string) => (
    <NumberInput
      id={placeOf(`${path}.${key}`)}
      aria-label={`${label}, ${of}`}
      className="w-16"
      value={review[key]}
      onValue={(value) => onChange({ [key]: value }, key)}
    />
  )
  return (
    <div className="flex flex-col gap-2 rounded-md border border-review/40 bg-review/5 px-3 py-2.5 text-[13px]">
      <div className="flex flex-wrap items-center gap-1.5">
        {number('approvals', 'Approvals needed')}
        <span>{review.approvals === 1 ? 'person' : 'different people'} of</span>
        <MembersField
          id={placeOf(`${path}.approvers`)}
          label={`approvers of ${of}`}
          members={review.approvers}
          onChange={(approvers) => onChange({ approvers }, 'approvers')}
        />
        <span>must approve</span>
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        <span>and may give</span>
        <Select
          id={placeOf(`${path}.scope`)}
          aria-label={`What an approver may give, ${of}`}
          value={review.scope}
          options={scopes}
          onValue={(scope) => onChange({ scope }, 'scope')}
        />
        <span>for at most</span>
        {number('maxMinutes', 'Minutes an approval lasts at most')}
        <span>minutes. A question ends after</span>
        {number('expiresMinutes', 'Minutes until a question ends')}
        <span>minutes; the caller</span>
        <Select
          id={placeOf(`${path}.reason`)}
          aria-label={`Reason of the caller, ${of}`}
          value={review.reason}
          options={reasons}
          onValue={(reason) => onChange({ reason }, 'reason')}
        />
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        <span>In an emergency</span>
        <Select
          id={placeOf(`${path}.breakGlass`)}
          aria-label={`In an emergency, ${of}`}
          value={review.breakGlass === true ? 'admins' : 'nobody'}
          options={emergencies}
          onValue={(who) => onChange({ breakGlass: who === 'admins' ? true : undefined }, 'breakGlass')}
        />
        {review.breakGlass === true ? <span>and somebody else must look at it afterwards</span> : null}
      </div>
      <Problems path={path} />
    </div>
  )
}
