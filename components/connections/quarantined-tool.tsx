'use client'

import { CircleSlash, EyeOff, Plus, TriangleAlert } from 'lucide-react'
import type { QuarantinedTool } from '../../server/connections/schemas'
import { Button } from '../ui/button'
import { DiffView } from '../ui/diff-view'
import { Time } from '../ui/time'
import { hasTricky, Visible } from '../ui/visible'
import { changedParts, type Part } from './definition-parts'

const words = { rejected: 'rejected', returned: 'rejected before, described anew since' }

type Props = { tool: QuarantinedTool; onDecide: ((verdict: 'accept' | 'reject') => void) | null }

/** One tool that is not as accepted: what it says now against what it said. */
export function QuarantinedToolCard({ tool, onDecide }: Props) {
  const { name, state, before, after, problem, seenBy, seenAt } = tool
  const parts = changedParts(before, after)
  const hides = hasTricky(JSON.stringify(after)) || parts.some((part) => hasTricky(part.after ?? ''))
  const Icon = state !== 'waiting' ? CircleSlash : before === null ? Plus : TriangleAlert
  return (
    <li className="flex flex-col gap-3 border-t border-line p-4 first:border-t-0">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h3 className="font-mono text-[13px] font-medium [overflow-wrap:anywhere]">
            <Visible text={name} />
          </h3>
          <p className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-0.5 text-[13px] text-ink-soft">
            <span className="inline-flex items-center gap-1 font-medium text-ink">
              <Icon size={14} aria-hidden className={state !== 'waiting' ? 'text-deny' : 'text-review'} />
              {state === 'waiting' ? (before === null ? 'new' : 'changed') : words[state]}
            </span>
            {hides ? (
              <span className="inline-flex items-center gap-1 font-medium text-deny">
                <EyeOff size={14} aria-hidden />
                holds characters that cannot be seen
              </span>
            ) : null}
            <span>
              in the list of {seenBy}, <Time at={seenAt} />
            </span>
          </p>
        </div>
        {onDecide === null ? null : (
          <div className="flex gap-2">
            <Button aria-label={`Accept ${name}`} disabled={problem !== null} onClick={() => onDecide('accept')}>
              Accept
            </Button>
            {state === 'rejected' ? null : (
              <Button look="danger" aria-label={`Reject ${name}`} onClick={() => onDecide('reject')}>
                Reject
              </Button>
            )}
          </div>
        )}
      </div>
      {problem === null ? null : (
        <p className="text-[13px]">It cannot be shown, and nobody can accept it: its definition {problem}.</p>
      )}
      {problem === null && parts.length === 0 ? (
        <p className="text-[13px]">
          {state === 'returned'
            ? 'It is described as it was accepted before it was rejected, as far as can be shown.'
            : 'What differs is masked, or JSON has more than one way to write it.'}
        </p>
      ) : null}
      {parts.map((part) => (
        <ChangedPart key={part.title} part={part} tool={name} />
      ))}
    </li>
  )
}

const ChangedPart = ({ part: { title, before, after }, tool }: { part: Part; tool: string }) => (
  <div>
    <h4 className="mb-1 text-[13px] text-ink-soft">
      {title}
      {before === null ? ', not there before' : after === null ? ', gone' : ''}
    </h4>
    <DiffView before={before} after={after} label={`${title} of ${tool}, before and now`} />
  </div>
)
