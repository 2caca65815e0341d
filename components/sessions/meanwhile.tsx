import { ChevronRight } from 'lucide-react'
import type { Meanwhile as Passed } from '../../server/sessions/schemas'
import { Code } from '../ui/code'
import { Section } from '../ui/page'
import { count, objectOf, pretty } from '../ui/text'
import { Time } from '../ui/time'
import { Visible } from '../ui/visible'

const shownMax = 100

/** What passed between a call and its answer: progress, log lines, and what the target asked its client. */
export function Meanwhile({ passed, masks }: { passed: Passed[]; masks: string[] | undefined }) {
  if (passed.length === 0) return null
  return (
    <Section title="Meanwhile">
      <ol className="flex flex-col gap-2" aria-label="Meanwhile">
        {passed.slice(0, shownMax).map((one, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what passed never moves
          <li key={at} className="text-[13px]">
            <One passed={one} masks={masks} />
          </li>
        ))}
      </ol>
      {passed.length > shownMax ? (
        <p className="mt-1 text-[13px] text-ink-soft">
          {count(passed.length - shownMax, 'more is', 'more are')} in the export of the record.
        </p>
      ) : null}
    </Section>
  )
}

function One({ passed: { at, kind, text }, masks }: { passed: Passed; masks: string[] | undefined }) {
  const progress = kind === 'said' ? progressOf(text) : null
  if (progress !== null)
    return (
      <p className="flex flex-wrap gap-x-2">
        <span className="tabular">{progress.words}</span>
        {progress.message === '' ? null : (
          <span className="[overflow-wrap:anywhere]">
            <Visible text={progress.message} />
          </span>
        )}
        <span className="text-ink-soft">
          <Time at={at} />
        </span>
      </p>
    )
  return (
    <details className="group">
      <summary className="inline-flex flex-wrap items-center gap-1 hover:text-ink">
        <ChevronRight size={14} className="shrink-0 transition-transform group-open:rotate-90" aria-hidden />
        {who[kind]} {kind === 'answered' ? '' : <code className="font-mono text-[12px]">{methodOf(text)}</code>}{' '}
        <span className="text-ink-soft">
          <Time at={at} />
        </span>
      </summary>
      <Code text={pretty(text)} label={who[kind]} masks={masks} className="mt-1" />
    </details>
  )
}

const who = {
  said: 'The target said',
  asked: 'The target asked the client',
  answered: 'The client answered',
} satisfies Record<Passed['kind'], string>

const methodOf = (text: string): string => String(objectOf(text)?.method ?? 'something')

function progressOf(text: string): { words: string; message: string } | null {
  const said = objectOf(text)
  if (said?.method !== 'notifications/progress') return null
  const { progress, total, message } = (said.params ?? {}) as { progress?: unknown; total?: unknown; message?: unknown }
  return {
    words: `Progress ${String(progress)}${total === undefined ? '' : ` of ${String(total)}`}`,
    message: typeof message === 'string' ? message : '',
  }
}
