'use client'

import { CircleX, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { DraftProblem } from '../../../server/roles/schemas'
import { Button } from '../../ui/button'
import { cardClass } from '../../ui/page'
import { Words } from '../../ui/words'

const first = 100

/** Everything that is wrong, each leading to its place; what must be mended stands first. */
export function ProblemsList({ problems, onGo }: { problems: DraftProblem[]; onGo(path: string): void }) {
  const [shown, setShown] = useState(first)
  const errors = problems.filter(({ severity }) => severity === 'error')
  const sorted = [...errors, ...problems.filter(({ severity }) => severity !== 'error')]
  return (
    <ul className={cardClass}>
      {sorted.slice(0, shown).map(({ severity, message, path, place }) => (
        <li key={`${path} ${message}`} className="border-t border-line first:border-t-0">
          <button
            type="button"
            className="flex w-full items-start gap-2 px-4 py-2.5 text-left text-[13px] hover:bg-surface-sunken"
            onClick={() => onGo(path)}
          >
            {severity === 'error' ? (
              <CircleX size={14} className="mt-0.5 shrink-0 text-deny" aria-hidden />
            ) : (
              <TriangleAlert size={14} className="mt-0.5 shrink-0 text-review" aria-hidden />
            )}
            <span className="min-w-0">
              <span className="sr-only">{severity}: </span>
              <span className="block text-ink-soft">
                <Words>{place}</Words>
              </span>
              <Words>{message}</Words>
            </span>
          </button>
        </li>
      ))}
      {problems.length > shown ? (
        <li className="flex items-center gap-3 border-t border-line px-4 py-2 text-[13px] text-ink-soft">
          and {(problems.length - shown).toLocaleString('en')} more
          <Button onClick={() => setShown(shown * 5)}>Show more</Button>
        </li>
      ) : null}
    </ul>
  )
}
