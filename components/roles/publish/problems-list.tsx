import { CircleX, TriangleAlert } from 'lucide-react'
import type { DraftProblem } from '../../../server/roles/schemas'
import { cardClass } from '../../ui/page'
import { Words } from '../../ui/words'

/** Everything that is wrong, each leading to its place. */
export function ProblemsList({ problems, onGo }: { problems: DraftProblem[]; onGo(path: string): void }) {
  return (
    <ul className={cardClass}>
      {problems.map(({ severity, message, path, place }) => (
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
    </ul>
  )
}
