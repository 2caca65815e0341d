'use client'

import { useQuery } from '@tanstack/react-query'
import { ArrowLeft } from 'lucide-react'
import Link from 'next/link'
import { useRef, useState } from 'react'
import type { ReviewDetail } from '../../server/reviews/schemas'
import { get } from '../api'
import { memberWords } from '../roles/sentences'
import { Code } from '../ui/code'
import { Meaning } from '../ui/meaning'
import { Section } from '../ui/page'
import { isLong, pretty } from '../ui/text'
import { Time, TimeLeft } from '../ui/time'
import { gist, splitSql } from './gist'
import { VoteBar } from './vote-bar'

/** The whole question, as a sentence and with exactly what would run. */
export function Question({ initial }: { initial: ReviewDetail }) {
  const { data: review = initial } = useQuery({
    queryKey: ['reviews', 'one', initial.id],
    queryFn: () => get<ReviewDetail>(`/api/reviews/${initial.id}`),
    initialData: initial,
    refetchInterval: 30_000,
  })
  const { sql, rest } = splitSql(review.arguments)
  const texts = [...sql.map(([, statement]) => statement), ...(rest === null ? [] : [pretty(rest)])]
  const folded = texts.filter(isLong).length
  const unfolded = useRef(new Set<string>())
  const [seen, setSeen] = useState(0)
  const unfold = (text: string) => {
    unfolded.current.add(text)
    setSeen(unfolded.current.size)
  }
  return (
    <article className="flex flex-col gap-5" aria-label="The question">
      <Link href="/reviews" className="flex items-center gap-1.5 text-[13px] text-ink-soft lg:hidden">
        <ArrowLeft size={14} aria-hidden />
        All questions
      </Link>
      <header className="flex flex-col gap-1.5">
        <div className="flex flex-wrap items-center gap-3">
          <Meaning of={review.state} />
          {review.state === 'pending' ? <TimeLeft from={review.createdAt} to={review.expiresAt} /> : null}
          <span className="text-[13px] text-ink-soft">
            asked <Time at={review.createdAt} />
          </span>
        </div>
        <h1 className="text-[20px] leading-7 font-normal">
          <strong className="font-semibold">{review.caller.name}</strong>
          {review.caller.groups.length === 0 ? '' : ` (${review.caller.groups.join(', ')})`}
          {review.client.name === '' ? '' : `, through ${review.client.name},`} wants{' '}
          <code className="rounded bg-surface-sunken px-1 font-mono text-[17px] [overflow-wrap:anywhere]">
            {review.resource.id}
          </code>{' '}
          on <strong className="font-semibold">{review.connection}</strong>
        </h1>
        {review.reason === null ? null : <p className="text-ink-soft">Because: {review.reason}</p>}
      </header>
      <Section title={review.whole ? 'What would run, exactly' : 'What was asked (masked)'}>
        <div className="flex flex-col gap-2">
          {sql.map(([name, statement]) => (
            <Code key={name} text={statement} language="sql" label={name} onUnfold={() => unfold(statement)} />
          ))}
          {rest === null ? null : <Code text={pretty(rest)} label="arguments" onUnfold={() => unfold(rest)} />}
        </div>
      </Section>
      <Why review={review} />
      {review.votes.length === 0 && review.note === null ? null : <Answers review={review} />}
      {review.before.length === 0 ? null : <Before review={review} />}
      <VoteBar review={review} unread={folded - seen} />
    </article>
  )
}

function Why({ review }: { review: ReviewDetail }) {
  return (
    <Section title="Why it is asked">
      <ul className="flex flex-col gap-1">
        {review.asked.map((rule) => (
          <li key={`${rule.role} ${rule.rule}`}>
            Rule{' '}
            <Link
              href={`/roles#rule-${rule.rule}`}
              className="font-mono text-[13px] text-accent underline-offset-2 hover:underline"
            >
              {rule.rule}
            </Link>{' '}
            of {rule.role} (policy version {review.policyVersion}) asks for{' '}
            {rule.review.approvals === 1 ? 'somebody' : `${rule.review.approvals} people`} of{' '}
            {memberWords(rule.review.approvers)}.
          </li>
        ))}
      </ul>
      {review.sessionId === null ? null : (
        <p className="mt-1">
          <Link href={`/sessions/${review.sessionId}`} className="text-accent underline-offset-2 hover:underline">
            What this session did before
          </Link>
        </p>
      )}
    </Section>
  )
}

function Answers({ review }: { review: ReviewDetail }) {
  return (
    <Section title="Answers">
      <ul className="flex flex-col gap-1 text-[13px]">
        {review.votes.map((vote) => (
          <li key={vote.name} className="flex flex-wrap items-baseline gap-2">
            <Meaning of={vote.verdict === 'approve' ? 'approved' : 'denied'} />
            <span>{vote.name}</span>
            <span className="text-ink-soft">
              <Time at={vote.at} />
            </span>
            {vote.note === null ? null : <span>“{vote.note}”</span>}
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Before({ review }: { review: ReviewDetail }) {
  return (
    <Section title="Asked like this before">
      <ul className="divide-y divide-line rounded-md border border-line bg-surface-raised">
        {review.before.map((other) => (
          <li key={other.id}>
            <Link
              href={`/reviews/${other.id}?state=settled`}
              className="flex flex-wrap items-baseline gap-x-3 px-3 py-2 text-[13px] hover:bg-surface-sunken"
            >
              <Meaning of={other.state} />
              <span>{other.caller}</span>
              <span className="min-w-0 flex-1 truncate text-ink-soft">
                {other.arguments === review.arguments ? 'the same arguments' : gist(other)}
              </span>
              {other.settledAt === null ? null : <Time at={other.settledAt} />}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}
