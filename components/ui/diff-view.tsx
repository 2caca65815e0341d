import { clsx } from 'clsx'
import { type DiffLine, diffLines, shorten } from './diff-lines'
import { Visible } from './visible'

const looks = {
  same: { sign: ' ', word: '', className: '' },
  added: { sign: '+', word: 'added: ', className: 'bg-allow/10' },
  removed: { sign: '−', word: 'removed: ', className: 'bg-deny/10' },
} satisfies Record<DiffLine['kind'], unknown>

type Props = { before: string | null; after: string | null; label: string }

const linesOf = (text: string | null) => (text === null ? [] : text.split('\n'))

// What nobody reads line by line, and a browser draws for seconds.
const linesMax = 500

/** Two texts as one, line by line: what went in red with a minus, what came in green with a plus. Null is no text at all. */
export function DiffView({ before, after, label }: Props) {
  const lines = shorten(diffLines(linesOf(before), linesOf(after)))
  return (
    <figure className="min-w-0 overflow-hidden rounded-md border border-line bg-surface-sunken" aria-label={label}>
      <pre className="py-2 font-mono text-[12.5px] leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {lines.slice(0, linesMax).map((line, index) =>
          line === null ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one difference never move
            <span key={index} className="block px-3 text-ink-soft" title="unchanged lines are left out">
              ⋯
            </span>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one difference never move
            <span key={index} className={clsx('flex px-3', looks[line.kind].className)}>
              <span aria-hidden className="w-4 shrink-0 select-none text-ink-soft">
                {looks[line.kind].sign}
              </span>
              <span className="sr-only">{looks[line.kind].word}</span>
              <span className="min-w-0">
                <Visible text={line.text} />
              </span>
            </span>
          ),
        )}
        {lines.length > linesMax ? (
          <span className="block px-3 text-ink-soft">
            and {(lines.length - linesMax).toLocaleString('en')} more lines
          </span>
        ) : null}
      </pre>
    </figure>
  )
}
