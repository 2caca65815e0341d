import { clsx } from 'clsx'
import { CircleCheck, CircleHelp, CircleX } from 'lucide-react'
import type { ConnectionView } from '../../server/connections/schemas'
import { cardClass, cell, HeadRow, rowClass } from '../ui/page'
import { duration } from '../ui/text'
import { Time } from '../ui/time'

const barsShown = 12

/** The last checks, oldest first, and the newest in words. */
export function Health({ health }: Pick<ConnectionView, 'health'>) {
  const [last] = health
  if (last === undefined)
    return (
      <span className="inline-flex items-center gap-1 text-[13px] text-ink-soft">
        <CircleHelp size={14} aria-hidden />
        never tested
      </span>
    )
  const Icon = last.ok ? CircleCheck : CircleX
  return (
    <span className="inline-flex flex-wrap items-center gap-2 text-[13px]">
      <span className="inline-flex items-end gap-0.5" aria-hidden>
        {[...health.slice(0, barsShown)].reverse().map((check) => (
          <span key={check.at} className={clsx('w-1 rounded-full', check.ok ? 'h-2 bg-allow' : 'h-3.5 bg-deny')} />
        ))}
      </span>
      <span className={clsx('inline-flex items-center gap-1', last.ok ? 'text-allow' : 'text-deny')}>
        <Icon size={14} aria-hidden />
        {last.ok ? 'healthy' : 'failing'}
      </span>
      <span className="text-ink-soft">
        <Time at={last.at} />
      </span>
    </span>
  )
}

/** Every test, and what calls found between them, that is kept, newest first. */
export function HealthHistory({ health }: Pick<ConnectionView, 'health'>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard
    <section tabIndex={0} aria-label="Tests that are kept" className={`${cardClass} max-h-80 overflow-auto`}>
      <table className="w-full">
        <HeadRow names={['When', 'Result', 'Took']} />
        <tbody>
          {health.map((check) => (
            <tr key={check.at} className={rowClass}>
              <td className={cell}>
                <Time at={check.at} />
              </td>
              <td className={clsx(cell, 'w-full [overflow-wrap:anywhere]', !check.ok && 'text-deny')}>
                {check.message}
              </td>
              <td className={`${cell} tabular whitespace-nowrap text-ink-soft`}>
                {check.latencyMs === null ? '' : duration(check.latencyMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
