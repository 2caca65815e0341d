'use client'

import { useRef } from 'react'
import type { DraftProblem } from '../../../server/roles/schemas'
import { Words } from '../../ui/words'

type Props = { text: string; of: string; problems: DraftProblem[]; onChange(text: string): void }

const face = 'block w-full px-2.5 py-1.5 font-mono text-[12.5px] leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]'

/** CEL as text, with what is wrong underlined where it is; a problem leads the cursor there. */
export function CelBox({ text, of, problems, onChange }: Props) {
  const box = useRef<HTMLTextAreaElement>(null)
  const at = problems.find(({ offset }) => offset !== null)?.offset ?? null
  const go = (offset: number) => {
    box.current?.focus()
    box.current?.setSelectionRange(offset, offset + lengthAt(text, offset))
  }
  return (
    <div className="flex flex-col gap-1">
      <div className="relative rounded-md border border-line bg-surface-raised has-aria-invalid:border-deny">
        {at === null ? null : (
          <div aria-hidden className={`${face} pointer-events-none absolute inset-0 text-transparent`}>
            {text.slice(0, at)}
            <span className="bg-deny/10 underline decoration-deny decoration-wavy underline-offset-4">
              {text.slice(at, at + lengthAt(text, at)) || '\u00a0'}
            </span>
          </div>
        )}
        <textarea
          ref={box}
          className={`${face} relative resize-none bg-transparent text-ink [field-sizing:content]`}
          aria-label={`Condition of ${of}, in CEL`}
          aria-invalid={problems.some(({ severity }) => severity === 'error') || undefined}
          rows={1}
          spellCheck={false}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      </div>
      <ul>
        {problems.map(({ message, severity, offset }) => (
          <li key={message} className={severity === 'error' ? 'text-deny' : 'text-review'}>
            <Words>{`${severity}: ${message}`}</Words>
            {offset === null ? null : (
              <button
                type="button"
                className="ml-2 text-[12px] underline underline-offset-2"
                onClick={() => go(offset)}
              >
                column {offset + 1}
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** The word, or the one sign, that stands there. */
const lengthAt = (text: string, offset: number): number => /^(?:[\w.]+|.)/s.exec(text.slice(offset))?.[0].length ?? 1
