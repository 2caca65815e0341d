import { Code } from '../ui/code'
import { cardClass } from '../ui/page'
import type { Change } from './diff'

const words = { added: 'Added', removed: 'Removed', changed: 'Changed' } as const

export function ChangesView({ changes }: { changes: Change[] }) {
  if (changes.length === 0) return <p className="text-ink-soft">Nothing differs.</p>
  return (
    <ul className={cardClass}>
      {changes.map((change) => (
        <li key={change.what} className="border-t border-line px-4 py-3 first:border-t-0">
          <p className="mb-2 text-[13px]">
            <strong className="font-semibold">{words[change.kind]}</strong> {change.what}
          </p>
          <div className="grid gap-2 md:grid-cols-2">
            {change.before === null ? null : <Code text={change.before} label={`before, ${change.what}`} />}
            {change.after === null ? null : <Code text={change.after} label={`after, ${change.what}`} />}
          </div>
        </li>
      ))}
    </ul>
  )
}
