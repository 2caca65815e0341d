import type { ReactNode } from 'react'
import type { Change } from '../../../server/roles/schemas'
import { cardClass } from '../../ui/page'
import { OneChange } from './one-change'

type Props = {
  changes: Change[]
  empty?: string
  /** How many are shown at most. */
  max?: number
  /** How to see the others, where there is a way. */
  more?: ReactNode
}

/** What one policy says differently from another, in words; each opens to what it was and is. */
export function ChangesList({ changes, empty = 'Nothing differs.', max = 100, more = null }: Props) {
  if (changes.length === 0) return <p className="text-[13px] text-ink-soft">{empty}</p>
  return (
    <ul className={cardClass}>
      {changes.slice(0, max).map((change) => (
        <li
          key={`${change.kind} ${change.what} ${change.role} ${change.id} ${change.text}`}
          className="border-t border-line first:border-t-0"
        >
          <OneChange change={change} />
        </li>
      ))}
      {changes.length > max ? (
        <li className="flex flex-wrap items-center gap-3 border-t border-line px-4 py-2 text-[13px] text-ink-soft">
          and {(changes.length - max).toLocaleString('en')} more {more}
        </li>
      ) : null}
    </ul>
  )
}
