'use client'

import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { GlassView, ReviewDetail } from '../../server/reviews/schemas'
import { change } from '../api'
import { Button } from '../ui/button'
import { Field, TextArea } from '../ui/field'
import { Form } from '../ui/form'
import { Problem, Section } from '../ui/page'
import { Time } from '../ui/time'
import { BreakGlass } from './break-glass'
import { useAct } from './use-act'

/** Where the rules let two administrators break the glass: who wants to, who did, and what somebody else found afterwards. */
export function Glass({ review }: { review: ReviewDetail }) {
  const { glass } = review
  if (glass === null || (glass.wanted.length === 0 && !glass.mayBreak)) return null
  return (
    <Section title="Break-glass">
      <div className="flex flex-col gap-2 rounded-md border border-review/50 bg-review/8 px-3 py-2.5">
        {glass.broken === null ? <p>{unbroken(glass, review.state)}</p> : <Broken broken={glass.broken} />}
        <Breakers wanted={glass.wanted} />
        {glass.mayBreak ? <BreakGlass review={review} /> : null}
        {glass.mayFind ? <Finding id={review.id} /> : null}
      </div>
    </Section>
  )
}

function unbroken({ wanted }: GlassView, state: ReviewDetail['state']): string {
  if (wanted.every(({ counts }) => !counts))
    return 'In an emergency two administrators can let this through without its approvers.'
  return state === 'pending'
    ? 'One administrator wants to let this through without its approvers; it takes a second one.'
    : 'One administrator wanted to let this through without its approvers; it was over before a second one did.'
}

function Broken({ broken }: { broken: NonNullable<GlassView['broken']> }) {
  if (broken.foundAt !== null)
    return (
      <>
        <p>
          The glass was broken <Time at={broken.at} />, and {broken.finder} looked at it <Time at={broken.foundAt} />.
        </p>
        <blockquote className="border-l-2 border-line pl-3 whitespace-pre-wrap [overflow-wrap:anywhere]">
          {broken.finding}
        </blockquote>
      </>
    )
  return (
    <p className={broken.late ? 'font-medium text-deny' : undefined}>
      {broken.late ? <TriangleAlert size={14} aria-hidden className="mr-1.5 inline" /> : null}
      The glass was broken (<Time at={broken.at} />
      ). Somebody who neither asked nor broke it must look at it; {broken.late ? 'it is overdue since ' : 'it is due '}
      <Time at={broken.dueAt} />.
    </p>
  )
}

function Breakers({ wanted }: { wanted: GlassView['wanted'] }) {
  if (wanted.length === 0) return null
  return (
    <ul className="flex flex-col gap-1 text-[13px]">
      {wanted.map(({ name, why, minutes, at, counts }) => (
        <li key={name} className="[overflow-wrap:anywhere]">
          <strong className="font-medium">{name}</strong>{' '}
          <span className="text-ink-soft">
            <Time at={at} />, {minutes === null ? 'once' : `for ${minutes} min`}:
          </span>{' '}
          “{why}”{counts ? null : <span className="text-ink-soft"> (no administrator any more: does not count)</span>}
        </li>
      ))}
    </ul>
  )
}

function Finding({ id }: { id: string }) {
  const [finding, setFinding] = useState('')
  const { busy, problem, act } = useAct()
  const write = () =>
    act('finding', () => change('POST', `/api/reviews/${id}/finding`, { finding }), 'Written. The matter is closed.')
  return (
    <Form className="mt-1 flex flex-col gap-2" onSend={() => void write()}>
      <Field id="finding" label="What you found" hint="Was there an emergency, was it right, what has to change.">
        <TextArea
          id="finding"
          required
          maxLength={4000}
          value={finding}
          onChange={(event) => setFinding(event.target.value)}
          aria-describedby="finding-hint"
        />
      </Field>
      {problem === null ? null : <Problem>{problem}</Problem>}
      <Button type="submit" look="main" className="self-start" disabled={busy !== null}>
        {busy === 'finding' ? 'Writing…' : 'Write it, and close the matter'}
      </Button>
    </Form>
  )
}
