'use client'

import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import type { SessionList, SessionRow } from '../../server/sessions/schemas'
import { Link } from '../ui/link'
import { MaskedCount } from '../ui/meaning'
import { NewPill } from '../ui/new-pill'
import { cardClass, cell, headCell, Problem, rowClass } from '../ui/page'
import { Time } from '../ui/time'
import { OutcomeBar } from './outcome-bar'
import { stepsHref } from './steps-href'
import { useSessions } from './use-sessions'

const rowPx = 37
const aheadRows = 20
const shownAtFirst = 40
const wide = 'hidden md:table-cell'
const heads: [name: string, className?: string][] = [
  ['Last call'],
  ['Who'],
  ['Client', wide],
  ['Connection', 'hidden sm:table-cell'],
  ['Calls', wide],
  ['Outcomes'],
  ['Masked', wide],
]

/** However many sessions match, the page holds what is on screen; older ones are read when they are near. */
export function SessionTable({ query, initial }: { query: string; initial: SessionList }) {
  const { sessions, newer, showNewer, readMore, more, problem } = useSessions(query, initial)
  const asked = new URLSearchParams(query)
  // Who looks for how calls ended, or what they said, gets to those.
  const which = { only: asked.get('outcome') ?? undefined, text: asked.get('text') ?? undefined }
  const top = useRef<HTMLTableSectionElement>(null)
  const [mounted, setMounted] = useState(false)
  useEffect(() => setMounted(true), [])
  const rows = useWindowVirtualizer({
    count: sessions.length,
    estimateSize: () => rowPx,
    overscan: aheadRows,
    scrollMargin: top.current?.offsetTop ?? 0,
    getItemKey: (index) => sessions[index]?.id ?? index,
  })
  // The server has no window, and its rows must be those of the first moment here.
  const items = mounted ? rows.getVirtualItems() : null
  const last = items?.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= sessions.length - aheadRows) readMore()
  }, [last, sessions.length, readMore])
  const shown = items === null ? sessions.slice(0, shownAtFirst) : items.flatMap(({ index }) => sessions[index] ?? [])
  const before = items?.[0] === undefined ? 0 : items[0].start - rows.options.scrollMargin
  const after = items === null ? 0 : rows.getTotalSize() - ((items.at(-1)?.end ?? 0) - rows.options.scrollMargin)
  return (
    <div className="min-w-0">
      <NewPill
        n={newer}
        onShow={() => {
          void showNewer()
          window.scrollTo({ top: 0 })
        }}
      />
      <div className={`${cardClass} overflow-x-auto`}>
        <table className="w-full" aria-rowcount={more ? -1 : sessions.length + 1}>
          <thead>
            <tr>
              {heads.map(([name, className = '']) => (
                <th key={name} scope="col" className={`${headCell} ${className}`}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={top}>
            <Space height={before} />
            {shown.map((session) => (
              <Row key={session.id} session={session} which={which} />
            ))}
            <Space height={after} />
          </tbody>
        </table>
      </div>
      {problem === null ? null : (
        <div className="mt-3">
          <Problem>Older sessions could not be read: {problem}</Problem>
        </div>
      )}
      <p className="mt-3 text-center text-[13px] text-ink-soft" aria-live="polite">
        {more ? 'Reading older sessions…' : ''}
      </p>
    </div>
  )
}

const Space = ({ height }: { height: number }) =>
  height <= 0 ? null : (
    <tr aria-hidden>
      <td colSpan={heads.length} style={{ height }} />
    </tr>
  )

const Row = ({ session, which }: { session: SessionRow; which: Parameters<typeof stepsHref>[1] }) => (
  <tr className={`${rowClass} relative h-[37px] hover:bg-surface-sunken`}>
    <td className={`${cell} whitespace-nowrap`}>
      <Link data-row href={stepsHref(session.id, which)} className="after:absolute after:inset-0">
        <Time at={session.lastAt} />
      </Link>
    </td>
    <td className={`${cell} max-w-40 truncate md:max-w-72`}>{session.principal}</td>
    <td className={`${cell} ${wide} max-w-64 truncate text-ink-soft`}>{session.client || 'unnamed'}</td>
    <td className={`${cell} hidden max-w-56 truncate sm:table-cell`}>{session.connection}</td>
    <td className={`${cell} ${wide} tabular`}>{session.calls}</td>
    <td className={cell}>
      <OutcomeBar outcomes={session.outcomes} />
    </td>
    <td className={`${cell} ${wide}`}>
      <MaskedCount n={session.masked} />
    </td>
  </tr>
)
