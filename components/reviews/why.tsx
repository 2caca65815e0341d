'use client'

import { useState } from 'react'
import type { ReviewDetail } from '../../server/reviews/schemas'
import { change } from '../api'
import { roleHref } from '../roles/role-href'
import { memberWords } from '../roles/sentences'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/field'
import { Form } from '../ui/form'
import { Link } from '../ui/link'
import { Problem, Section } from '../ui/page'
import { Visible } from '../ui/visible'
import { useAct } from './use-act'

const link = 'text-accent underline-offset-2 hover:underline'

/** The caller's own words, the rules that ask, and where the question comes from. */
export function Why({ review }: { review: ReviewDetail }) {
  const wanted = review.asked.some((rule) => rule.review.reason === 'required')
  return (
    <Section title={review.state === 'pending' ? 'Why it is asked' : 'Why it was asked'}>
      {review.reason === null ? null : (
        <blockquote className="mb-2 border-l-2 border-line pl-3 [overflow-wrap:anywhere]">
          <Visible text={review.caller.name} /> {review.state === 'pending' ? 'says' : 'said'}:{' '}
          <Visible text={review.reason} />
        </blockquote>
      )}
      {review.reason === null && wanted && review.state === 'pending' ? <NoReason review={review} /> : null}
      <ul className="flex flex-col gap-1">
        {review.asked.map((rule) => (
          <li key={`${rule.role} ${rule.rule}`}>
            Rule{' '}
            <Link href={roleHref(rule.role, rule.rule)} className={`font-mono text-[13px] ${link}`}>
              {rule.rule}
            </Link>{' '}
            of {rule.role} (policy version {review.policyVersion}) {review.state === 'pending' ? 'asks' : 'asked'} for{' '}
            {rule.review.approvals === 1 ? 'somebody' : `${rule.review.approvals} different people`} of{' '}
            {memberWords(rule.review.approvers)}.
          </li>
        ))}
      </ul>
      <p className="mt-1 flex flex-wrap gap-x-4">
        {review.offerOf === null ? null : (
          <Link href={`/reviews/${review.offerOf}?state=settled`} className={link}>
            Offered in place of another call
          </Link>
        )}
        {review.sessionId === null ? null : (
          <Link href={`/sessions/${review.sessionId}`} className={link}>
            What this session did before
          </Link>
        )}
      </p>
    </Section>
  )
}

function NoReason({ review }: { review: ReviewDetail }) {
  const [reason, setReason] = useState('')
  const { busy, problem, act } = useAct()
  if (!review.mine)
    return <p className="mb-2">The rule wants {review.caller.name} to say why, and they have not yet.</p>
  const tell = () => act('reason', () => change('POST', `/api/reviews/${review.id}/reason`, { reason }), 'Told.')
  return (
    <Form className="mb-3 flex flex-col gap-2" onSend={() => void tell()}>
      <Field id="reason" label="Say why you need it" hint="Nobody can approve it before.">
        <Input
          id="reason"
          required
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      {problem === null ? null : <Problem>{problem}</Problem>}
      <Button type="submit" className="self-start" disabled={busy !== null}>
        Tell them
      </Button>
    </Form>
  )
}
