'use client'

import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { QuarantineView, ToolEvent } from '../../server/connections/schemas'
import type { Pinning } from '../../server/types'
import { Button } from '../ui/button'
import { cardClass, Problem } from '../ui/page'
import { Time } from '../ui/time'
import { Visible } from '../ui/visible'
import { QuarantinedToolCard } from './quarantined-tool'
import { type Verdict, VerdictDialog } from './verdict-dialog'

type Props = { connection: string; pinning: Pinning; isPinned: boolean; view: QuarantineView; admin: boolean }

/** What the target says otherwise than was accepted, to accept or reject each or all, and who did so before. */
export function Quarantine({ connection, pinning, isPinned, view: { tools, isFull, events }, admin }: Props) {
  const [asked, setAsked] = useState<Verdict | null>(null)
  const waiting = tools.filter(({ state }) => state !== 'rejected')
  // What somebody rejected before is accepted by itself, looked at.
  const acceptable = waiting.filter(({ state, problem }) => state === 'waiting' && problem === null)
  return (
    <div className="flex flex-col gap-3">
      {tools.length === 0 ? <Nothing {...{ pinning, isPinned, admin }} /> : null}
      {isFull ? (
        <Problem>
          {waiting.length} tools wait, as many as are kept: others that came later are refused, and not shown here,
          until some are accepted or rejected.
        </Problem>
      ) : null}
      {admin && waiting.length > 1 ? (
        <div className="flex flex-wrap gap-2">
          <Button disabled={acceptable.length === 0} onClick={() => setAsked({ verdict: 'accept', tools: acceptable })}>
            Accept all {acceptable.length}
          </Button>
          <Button look="danger" onClick={() => setAsked({ verdict: 'reject', tools: waiting })}>
            Reject all {waiting.length}
          </Button>
        </div>
      ) : null}
      {tools.length === 0 ? null : (
        <ul className={cardClass}>
          {tools.map((tool) => (
            <QuarantinedToolCard
              key={`${tool.name} ${tool.hash}`}
              tool={tool}
              onDecide={admin ? (verdict) => setAsked({ verdict, tools: [tool] }) : null}
            />
          ))}
        </ul>
      )}
      {events.length === 0 ? null : <Before events={events} />}
      {asked === null ? null : <VerdictDialog {...{ connection, pinning, asked }} onClose={() => setAsked(null)} />}
    </div>
  )
}

/** In one line: that nothing is in it is no news. */
function Nothing({ pinning, isPinned, admin }: Pick<Props, 'pinning' | 'isPinned' | 'admin'>) {
  const test = admin ? 'Test the connection: what it lists then is pinned.' : 'An administrator has to test it.'
  return (
    <p className="text-[13px] text-ink-soft">
      {pinning === 'off'
        ? 'Tools are not pinned here: what the target says of them is taken as it comes.'
        : isPinned
          ? 'Nothing in quarantine. Every tool is as an administrator accepted it.'
          : `Nothing is pinned yet. ${test}`}
    </p>
  )
}

const looks = {
  accept: { word: 'accepted', icon: CircleCheck, color: 'text-allow' },
  reject: { word: 'rejected', icon: CircleX, color: 'text-deny' },
  quarantine: { word: 'went into quarantine', icon: TriangleAlert, color: 'text-review' },
} satisfies Record<ToolEvent['did'], unknown>

/** Who decided what, newest first. */
const Before = ({ events }: { events: ToolEvent[] }) => (
  <details>
    <summary className="text-[13px] font-medium text-accent">What was decided before ({events.length})</summary>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard */}
    <ul tabIndex={0} className={`${cardClass} mt-2 max-h-80 overflow-auto`} aria-label="What was decided before">
      {events.map(({ seq, at, by, tool, did }) => {
        const { word, icon: Icon, color } = looks[did]
        return (
          <li
            key={seq}
            className="flex flex-wrap items-center gap-x-2 border-t border-line px-4 py-2 text-[13px] first:border-t-0"
          >
            <Icon size={14} className={color} aria-hidden />
            <code className="font-mono text-[12px] [overflow-wrap:anywhere]">
              <Visible text={tool} />
            </code>
            <span>{did === 'quarantine' ? word : `${word} by ${by}`}</span>
            <span className="text-ink-soft">
              <Time at={at} />
            </span>
          </li>
        )
      })}
    </ul>
  </details>
)
