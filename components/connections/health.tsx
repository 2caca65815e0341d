import { clsx } from 'clsx'
import type { ConnectionView } from '../../server/connections/schemas'
import { Time } from '../ui/time'

/** The last checks, oldest first, and the newest in words. */
export function Health({ health }: Pick<ConnectionView, 'health'>) {
  const [last] = health
  if (last === undefined) return <span className="text-[13px] text-ink-soft">never tested</span>
  return (
    <span className="inline-flex flex-wrap items-center gap-2 text-[13px]">
      <span className="inline-flex items-end gap-0.5" aria-hidden>
        {[...health]
          .reverse()
          .slice(-12)
          .map((check) => (
            <span key={check.at} className={clsx('w-1 rounded-full', check.ok ? 'h-2 bg-allow' : 'h-3.5 bg-deny')} />
          ))}
      </span>
      <span className={last.ok ? 'text-allow' : 'text-deny'}>{last.ok ? 'healthy' : 'failing'}</span>
      <span className="text-ink-soft">
        <Time at={last.at} />
      </span>
    </span>
  )
}
