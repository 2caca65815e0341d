import { clsx } from 'clsx'
import { BookOpen, Flame, Globe, type LucideIcon, Repeat } from 'lucide-react'
import type { ToolView } from '../../server/connections/schemas'
import type { HttpVerb, SqlArgument } from '../../server/types'
import { Code } from '../ui/code'
import { Visible } from '../ui/visible'

const hintWords: { hint: string; when: boolean; word: string; icon: LucideIcon; color: string }[] = [
  { hint: 'readOnlyHint', when: true, word: 'only reads', icon: BookOpen, color: 'text-ink-soft' },
  { hint: 'destructiveHint', when: true, word: 'may destroy', icon: Flame, color: 'font-medium text-ink' },
  { hint: 'idempotentHint', when: true, word: 'repeating is harmless', icon: Repeat, color: 'text-ink-soft' },
  { hint: 'openWorldHint', when: true, word: 'reaches outside', icon: Globe, color: 'text-ink-soft' },
]

/** One tool as the target describes it: its hints are its own words, and no proof. */
export function ToolRow({ tool, sql, http }: { tool: ToolView; sql: SqlArgument[]; http: HttpVerb[] }) {
  const hints = hintWords.filter(({ hint, when }) => tool.hints[hint] === when)
  const holds = sql.filter((one) => one.tool === tool.name)
  const calls = http.find((one) => one.tool === tool.name)
  return (
    <li className="border-t border-line first:border-t-0">
      <details className="group">
        <summary
          data-row
          className="grid gap-x-4 gap-y-1 px-4 py-2.5 text-[13px] hover:bg-surface-sunken md:grid-cols-[minmax(140px,240px)_minmax(0,1fr)_auto]"
        >
          <code className="font-mono text-[13px] font-medium [overflow-wrap:anywhere]">
            <Visible text={tool.name} />
          </code>
          <span className="min-w-0 text-ink-soft group-open:whitespace-pre-wrap md:truncate md:group-open:whitespace-pre-wrap">
            <Visible text={tool.description || tool.title} />
          </span>
          <span
            className="flex flex-wrap items-center gap-x-3 text-ink-soft"
            title="the target's own words, and no proof"
          >
            {hints.map(({ hint, word, icon: Icon, color }) => (
              <span key={hint} className={clsx('inline-flex items-center gap-1 whitespace-nowrap', color)}>
                <Icon size={13} aria-hidden />
                {word}
              </span>
            ))}
          </span>
        </summary>
        <div className="flex flex-col gap-2 px-4 pb-3">
          {holds.map(({ argument, dialect }) => (
            <p key={argument} className="text-[13px] text-ink-soft">
              <code className="font-mono text-[12px]">{argument}</code> is read as{' '}
              {dialect === 'mysql' ? 'MySQL' : 'PostgreSQL'}.
            </p>
          ))}
          {calls === undefined ? null : (
            <p className="text-[13px] text-ink-soft">
              Calls{' '}
              <code className="font-mono text-[12px] [overflow-wrap:anywhere]">
                {calls.method.toUpperCase()} {calls.path}
              </code>
              .
            </p>
          )}
          <Code text={JSON.stringify(tool.inputSchema, null, 2)} label={`input of ${tool.name}`} />
        </div>
      </details>
    </li>
  )
}
