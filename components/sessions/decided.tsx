'use client'

import { useQuery } from '@tanstack/react-query'
import type { AnswersView } from '../../server/reviews/schemas'
import type { Step, StepDecision } from '../../server/sessions/schemas'
import { get } from '../api'
import { VoteLine } from '../reviews/vote-line'
import { roleHref } from '../roles/role-href'
import { Link } from '../ui/link'
import { Meaning } from '../ui/meaning'
import { Problem, Section } from '../ui/page'
import { Time } from '../ui/time'
import { Visible } from '../ui/visible'
import { wordsOfReason } from './words'

/** Lists and the conversation itself are open to whoever sees the connection: no rule decides them. */
const asks = new Set(['call', 'refusal'])

const link = 'text-accent underline underline-offset-2'

/** What was decided, by which rules of which version, and what people said to it. */
export function Decided({ step, decision }: { step: Step; decision: StepDecision }) {
  const words = wordsOfReason(decision.reason)
  return (
    <Section title="Decided">
      <p className="flex flex-wrap items-center gap-2">
        <Meaning of={effectOf(decision)} />
        {words === null ? null : <span>{words}</span>}
        <span className="text-ink-soft">
          by policy version{' '}
          <Link href={`/roles/versions?show=${decision.version}`} className={link}>
            {decision.version}
          </Link>
        </span>
        {asks.has(step.kind) ? (
          <Link href={`/ask?ask=why&entry=${encodeURIComponent(step.id)}`} className={link}>
            Why
          </Link>
        ) : null}
      </p>
      {decision.rules.length === 0 ? null : (
        <ul className="mt-1 flex flex-col gap-0.5 text-[13px]">
          {decision.rules.map((rule) => (
            <li key={`${rule.role} ${rule.rule}`} className="flex flex-wrap items-center gap-2">
              <Meaning of={rule.effect} />
              <Link
                href={roleHref(rule.role, rule.rule)}
                className="font-mono text-accent underline-offset-2 [overflow-wrap:anywhere] hover:underline"
              >
                {rule.rule}
              </Link>
              <span className="text-ink-soft">of {rule.role}</span>
            </li>
          ))}
        </ul>
      )}
      {decision.errors.map((error) => (
        <p key={error} className="mt-1 text-[13px] text-ink-soft [overflow-wrap:anywhere]">
          could not be evaluated: {error}
        </p>
      ))}
      {step.told === null ? null : (
        <p className="mt-1 text-[13px] [overflow-wrap:anywhere]">
          <span className="text-ink-soft">The caller was told:</span> <Visible text={step.told} />
        </p>
      )}
      {step.reviewId === null ? null : <People key={step.reviewId} reviewId={step.reviewId} />}
    </Section>
  )
}

/** A decision says what the rules made of a call; a person or the quarantine may have stopped it after that. */
const effectOf = ({ effect, reason }: StepDecision): string =>
  ['allowed', 'review-required', 'ran-before'].includes(reason) ? effect : 'deny'

/** The question that this step waited for, and what people answered. */
function People({ reviewId }: { reviewId: string }) {
  const { data, error } = useQuery({
    queryKey: ['reviews', 'one', reviewId, 'answers'],
    queryFn: () => get<AnswersView>(`/api/reviews/${reviewId}/answers`),
  })
  if (error !== null) return <Problem>{error.message}</Problem>
  return (
    <div className="mt-2 flex min-h-13 flex-col gap-1 border-l-2 border-line pl-3 text-[13px]">
      <p className="flex flex-wrap items-center gap-x-2">
        <Link
          href={`/reviews/${reviewId}${data === undefined || data.state === 'pending' ? '' : '?state=settled'}`}
          className={link}
        >
          The question
        </Link>
        {data === undefined ? null : <Meaning of={data.state} />}
        {data === undefined ? null : (
          <span className="text-ink-soft">
            asked <Time at={data.createdAt} />
          </span>
        )}
      </p>
      {data?.reason == null ? null : (
        <p className="[overflow-wrap:anywhere]">
          <span className="text-ink-soft">The caller said why:</span> <Visible text={data.reason} />
        </p>
      )}
      {data === undefined || data.votes.length === 0 ? null : (
        <ul className="flex flex-col gap-1">
          {data.votes.map((vote) => (
            <VoteLine key={vote.name} vote={vote} />
          ))}
        </ul>
      )}
    </div>
  )
}
