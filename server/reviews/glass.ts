import type { Give } from '../db/review-schema'
import type { AskedRule, Viewer } from '../types'
import { isOwn, votableRules } from './eligible'
import { glassMinutesMax } from './schemas'

type Asked = { principalId: string; principal: { owners?: string[] }; asked: AskedRule[] }
type Person = Pick<Viewer, 'id' | 'groups' | 'claims' | 'email' | 'kind' | 'admin' | 'auditor'>

/** How many administrators it takes. */
export const breakersNeeded = 2
/** Within which somebody else must have looked at it. */
export const lookWithinHours = 24

/** Whether every rule that asks lets administrators break the glass. */
export const breakable = ({ asked }: Pick<Asked, 'asked'>): boolean =>
  asked.length > 0 && asked.every((rule) => rule.review.breakGlass === true)

/** An administrator may break the glass for others, where all the rules let them: never for themselves, nor for a service account they own. */
export const mayBreak = (review: Asked, person: Person): boolean =>
  person.kind === 'user' && person.admin && breakable(review) && !isOwn(review, person)

/** Who looks at it afterwards: an administrator, an auditor or an approver who is neither the caller nor one of those who broke it. */
export function mayFind(review: Asked, breakers: string[], person: Person): boolean {
  if (person.kind !== 'user' || isOwn(review, person) || breakers.includes(person.id)) return false
  return person.admin || person.auditor || votableRules(review, person).length > 0
}

/** What one of them gives: what was asked, once; or for some minutes. */
export function glassGive(kind: 'call' | 'access', wanted: { minutes: number } | null, minutes: number | null): Give {
  const least = Math.min(minutes ?? glassMinutesMax, wanted?.minutes ?? glassMinutesMax, glassMinutesMax)
  if (kind === 'access') return { scope: 'tool', minutes: least }
  return minutes === null ? { scope: 'call', minutes: least, times: 1 } : { scope: 'call', minutes: least }
}
