import type { Step } from '../../server/sessions/schemas'

type Ended = { outcome: string; decision: Pick<NonNullable<Step['decision']>, 'reason'> | null }

/** What became of a step. A call that nobody has answered yet is held, not denied: its client asks again until somebody has. */
export const outcomeOf = ({ outcome, decision }: Ended): string =>
  outcome === 'denied' && decision?.reason === 'review-required' ? 'held' : outcome
