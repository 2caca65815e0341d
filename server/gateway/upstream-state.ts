import { newEntryId } from '../audit/entry-id'
import { codes, type Malformed } from '../mcp/errors'
import type { Message } from '../mcp/messages'
import { metaBeside } from '../mcp/meta'
import { canonical } from '../policy/digest'
import { runtime } from '../runtime'
import type { JsonObject } from '../types'
import { boundTo, type Whose as Caller } from './rounds'

/** A later round of one execution. `granted`: what a person approved for the first round, with this grant, goes for this one, once. */
export type Continued = { id: string; granted: boolean; grantId: string | null }

/** Whom a state belongs to, and where its connection led: what was approved there, and begun, is nothing elsewhere. */
type Whose = Caller & { targetHash: string }

const mark = 'sallyport-state.'
const goodForMs = 3_600_000

/**
 * The target's `requestState`, sealed (AES-256-GCM) for this principal, connection, target, method and arguments, for an hour: no client can
 * read it, change it, or move it between tools or people, nor bring another `_meta` to what was approved. Undefined when there is nothing to keep.
 */
export function sealState(
  state: unknown,
  message: Message,
  whose: Whose,
  { granted, grantId }: Pick<Continued, 'granted' | 'grantId'>,
): string | undefined {
  if (state === undefined && !granted) return undefined
  const until = Date.now() + goodForMs
  const meta = granted ? metaOf(message) : undefined
  const text = JSON.stringify({ id: newEntryId(), granted, grantId, state: state ?? null, until, meta })
  return mark + runtime().keys.seal(text, aboutOf(message, whose)).toString('base64url')
}

/** Puts the target's own state back in place. One that is not ours, or of another call, is refused. */
export function openState(
  message: Message,
  whose: Whose,
): { message: Message; continued: Continued | null } | Malformed {
  const { requestState, ...params } = message.params
  if (requestState === undefined) return { message, continued: null }
  const refused: Malformed = {
    status: 400,
    code: codes.invalidParams,
    message: 'the `requestState` does not belong to this call, or is too old; begin again without it',
  }
  if (typeof requestState !== 'string' || !requestState.startsWith(mark)) return refused
  try {
    const sealed = Buffer.from(requestState.slice(mark.length), 'base64url')
    const text = runtime().keys.open(sealed, aboutOf(message, whose))
    const { id, granted, grantId = null, state, until, meta } = JSON.parse(text)
    if (until < Date.now()) return refused
    // What was approved for the first round is what goes on.
    if (granted && metaOf(message) !== (meta ?? 'null')) return refused
    const whole: JsonObject = state === null ? params : { ...params, requestState: state }
    return {
      message: { ...message, params: whole, body: { ...message.body, params: whole } },
      continued: { id, granted, grantId },
    }
  } catch {
    return refused
  }
}

const metaOf = ({ params }: Message): string => canonical(metaBeside(params))

const aboutOf = (message: Message, whose: Whose): string => `state ${whose.targetHash} ${boundTo(message, whose)}`
