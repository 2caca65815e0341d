import { clsx } from 'clsx'
import { CircleDot, CircleMinus, CirclePlus } from 'lucide-react'
import type { Change } from '../../../server/roles/schemas'
import { DiffView } from '../../ui/diff-view'
import { cardClass } from '../../ui/page'
import { Words } from '../../ui/words'

const looks = {
  added: { word: 'added', icon: CirclePlus, color: 'text-allow' },
  removed: { word: 'removed', icon: CircleMinus, color: 'text-deny' },
  changed: { word: 'changed', icon: CircleDot, color: 'text-ink-soft' },
} as const

const shownMax = 500

/** What one policy says differently from another, in words; each opens to what it was and is. */
export function ChangesList({ changes, empty = 'Nothing differs.' }: { changes: Change[]; empty?: string }) {
  if (changes.length === 0) return <p className="text-[13px] text-ink-soft">{empty}</p>
  return (
    <ul className={cardClass}>
      {changes.slice(0, shownMax).map((change) => (
        <li
          key={`${change.kind} ${change.what} ${change.role} ${change.id} ${change.text}`}
          className="border-t border-line first:border-t-0"
        >
          <OneChange change={change} />
        </li>
      ))}
      {changes.length > shownMax ? (
        <li className="border-t border-line px-4 py-2 text-[13px] text-ink-soft">
          and {(changes.length - shownMax).toLocaleString('en')} more
        </li>
      ) : null}
    </ul>
  )
}

function OneChange({ change }: { change: Change }) {
  const { word, icon: Icon, color } = looks[change.kind]
  return (
    <details>
      <summary className="flex items-start gap-2 px-4 py-2.5 text-[13px] hover:bg-surface-sunken">
        <Icon size={14} className={clsx('mt-0.5 shrink-0', color)} aria-hidden />
        <span className="min-w-0">
          <span className="sr-only">{word}: </span>
          <Words>{change.text}</Words>
        </span>
      </summary>
      <div className="px-4 pb-3">
        <DiffView
          before={lines(change.before)}
          after={lines(change.after)}
          label={`before and after: ${change.text}`}
        />
      </div>
    </details>
  )
}

const lines = (value: unknown): string => (value === null || value === undefined ? '' : JSON.stringify(value, null, 2))
