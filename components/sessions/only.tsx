import type { OutcomeCounts } from '../../server/sessions/schemas'
import { Link } from '../ui/link'
import { Meaning } from '../ui/meaning'
import { count } from '../ui/text'
import { inOrder } from './outcome-bar'
import { stepsHref } from './steps-href'

type Props = { id: string; outcomes: OutcomeCounts; only: string | undefined; text: string | undefined }

/** How the steps ended; each leads to those that ended so alone. */
export function Only({ id, outcomes, only, text }: Props) {
  const kinds = inOrder(outcomes)
  if (kinds.length < 2 && only === undefined) return null
  return (
    <ul className="flex flex-wrap gap-1" aria-label="Show only">
      {kinds.map(([outcome, n]) => (
        <li key={outcome}>
          <Link
            replace
            href={stepsHref(id, { text, ...(only === outcome ? {} : { only: outcome }) })}
            aria-current={only === outcome ? 'true' : undefined}
            title={only === outcome ? 'Show all steps' : `Show only these ${count(n, 'step')}`}
            className="tabular inline-flex items-center gap-1 rounded-md border border-line px-1.5 py-0.5 text-[13px] hover:bg-surface-sunken aria-[current]:border-accent aria-[current]:bg-surface-sunken"
          >
            {n.toLocaleString('en')} <Meaning of={outcome} />
          </Link>
        </li>
      ))}
    </ul>
  )
}
