'use client'

import type { ReviewDetail } from '../../server/reviews/schemas'
import { change } from '../api'
import { Button } from '../ui/button'
import { Time } from '../ui/time'
import { useAct } from './use-act'

/** For a caller in a loop: no new questions of theirs for an hour; those that wait stay. */
export function Mute({ review: { id, caller, mutedUntil } }: { review: ReviewDetail }) {
  const { busy, act } = useAct()
  const path = `/api/reviews/${id}/mute`
  if (mutedUntil !== null)
    return (
      <p className="flex flex-wrap items-center gap-2 text-[13px] text-ink-soft">
        {caller.name} asks nothing new until <Time at={mutedUntil} />
        <Button
          look="quiet"
          disabled={busy !== null}
          onClick={() => act('mute', () => change('DELETE', path), 'Unmuted.')}
        >
          Unmute
        </Button>
      </p>
    )
  const mute = () =>
    act('mute', () => change('POST', path, { minutes: 60 }), `${caller.name} asks nothing new for an hour.`)
  return (
    <Button look="quiet" className="self-start" disabled={busy !== null} onClick={mute}>
      Mute {caller.name} for an hour
    </Button>
  )
}
