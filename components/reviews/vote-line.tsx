import type { Give, VoteView } from '../../server/reviews/schemas'
import { Meaning } from '../ui/meaning'
import { Time } from '../ui/time'
import { Visible } from '../ui/visible'

/** One person's answer to a question. */
export const VoteLine = ({ vote }: { vote: VoteView }) => (
  <li className="flex flex-wrap items-baseline gap-2 [overflow-wrap:anywhere]">
    <Meaning of={vote.verdict === 'approve' ? 'approved' : 'denied'} />
    <span>{vote.name}</span>
    <span className="text-ink-soft">
      <Time at={vote.at} />
    </span>
    {vote.give === null ? null : <span>{giveWords(vote.give)}</span>}
    {vote.counts ? null : <span className="text-ink-soft">does not count: no approver of this any more</span>}
    {vote.note === null ? null : (
      <span>
        “<Visible text={vote.note} />”
      </span>
    )}
  </li>
)

function giveWords({ scope, minutes, times, when }: Give): string {
  const what = scope === 'call' ? 'this call' : 'any call of the tool'
  return [
    what,
    minutes === undefined ? '' : ` for ${minutes} min`,
    times === undefined ? '' : `, at most ${times} times`,
    when === undefined ? '' : `, when ${when}`,
  ].join('')
}
