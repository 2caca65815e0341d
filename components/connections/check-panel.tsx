import { CircleCheck, CircleX } from 'lucide-react'
import type { CheckResult } from '../../server/connections/schemas'
import { count, duration, revisionOf, sentence } from '../ui/text'

const namesShown = 12

/** What a test found, in words. */
export function CheckPanel({ result }: { result: CheckResult }) {
  const { ok, message, latencyMs, tools, era } = result
  const Icon = ok ? CircleCheck : CircleX
  return (
    <div
      role="status"
      className={`flex gap-3 rounded-md border p-3 text-[13px] ${ok ? 'border-allow/40 bg-allow/8' : 'border-deny/40 bg-deny/8'}`}
    >
      <Icon size={16} className={`mt-0.5 shrink-0 ${ok ? 'text-allow' : 'text-deny'}`} aria-hidden />
      <div className="min-w-0">
        <p className="font-medium [overflow-wrap:anywhere]">
          {ok ? `It ${message}, in ${duration(latencyMs)}` : sentence(message)}
        </p>
        {ok ? (
          <p className="mt-0.5 text-ink-soft">
            It speaks {revisionOf(era)}
            {tools.length === 0 ? '.' : ': '}
            {tools.slice(0, namesShown).map(({ name }, index) => (
              <span key={name}>
                {index === 0 ? '' : ', '}
                <code className="font-mono text-[12px]">{name}</code>
              </span>
            ))}
            {tools.length > namesShown ? ` and ${count(tools.length - namesShown, 'more', 'more')}` : ''}
          </p>
        ) : null}
      </div>
    </div>
  )
}
