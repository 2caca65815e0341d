'use client'

import { useQuery } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import type { BreakView } from '../../server/reviews/schemas'
import { get } from '../api'
import { Link } from '../ui/link'
import { cardClass, rowClass } from '../ui/page'
import { Time } from '../ui/time'
import { Visible } from '../ui/visible'

/** Broken glass that waits for this viewer's look, above the questions that wait. */
export function Breaks({ initial }: { initial: BreakView[] }) {
  const { data: breaks } = useQuery({
    queryKey: ['reviews', 'breaks'],
    queryFn: () => get<BreakView[]>('/api/reviews/breaks'),
    initialData: initial,
    refetchInterval: 30_000,
  })
  if (breaks.length === 0) return null
  return (
    <section aria-label="Broken glass to look at">
      <h2 className="mb-1.5 text-[13px] font-semibold text-ink-soft">Broken glass to look at</h2>
      <ul className={cardClass}>
        {breaks.map((one) => (
          <li key={one.id} className={rowClass}>
            <Link href={`/reviews/${one.id}`} className="block px-3 py-2.5 text-[13px] hover:bg-surface-sunken">
              <span className="block truncate">
                <strong className="font-semibold">
                  <Visible text={one.caller} />
                </strong>{' '}
                got{' '}
                <code className="font-mono text-[12px]">
                  <Visible text={one.tools.join(', ')} />
                </code>{' '}
                on {one.connection}
              </span>
              <span className="block truncate text-ink-soft">through {one.by.join(' and ')}</span>
              <span className={one.late ? 'font-medium text-deny' : 'text-ink-soft'}>
                {one.late ? <TriangleAlert size={13} aria-hidden className="mr-1 inline" /> : null}
                {one.late ? 'overdue since ' : 'due '}
                <Time at={one.dueAt} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
