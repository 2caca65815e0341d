import type { Step } from '../../server/sessions/schemas'

type Ended = { outcome: string; decision: Pick<NonNullable<Step['decision']>, 'reason'> | null }

/** What became of a step. Earlier entries call it denied when nobody had answered yet. */
export const outcomeOf = ({ outcome, decision }: Ended): string =>
  outcome === 'denied' && decision?.reason === 'review-required' ? 'held' : outcome
