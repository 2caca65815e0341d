import { type Claimant, isMember } from '../policy/match'
import type { AskedRule, JsonObject, Viewer } from '../types'
import { namesOf } from './owners'

type Voter = Pick<Viewer, 'id' | 'groups' | 'claims' | 'email' | 'kind'>
type Asked = { principalId: string; principal: { owners?: string[] }; asked: AskedRule[] }

/**
 * The rules of a review that a person could satisfy: none on their own question, nor on that of a service account they own.
 * An admin is no approver unless a rule says so, and a service account is no person.
 */
export function votableRules(review: Asked, person: Voter): AskedRule[] {
  if (person.kind !== 'user' || isOwn(review, person)) return []
  return review.asked.filter((rule) => canSatisfy(rule, person))
}

/** Whether a question is this person's own, directly or through a service account. */
export const isOwn = ({ principalId, principal }: Omit<Asked, 'asked'>, person: Voter): boolean =>
  principalId === person.id || namesOf(person).some((name) => principal.owners?.includes(name) === true)

const canSatisfy = (rule: AskedRule, person: Claimant): boolean =>
  rule.review.approvers.some((member) => isMember(member, person))

export type CountedVote = {
  person: string
  verdict: 'approve' | 'deny'
  groups: string[]
  claims: Record<string, unknown>
}

/** Whether every rule has enough different people for it; one person may count for several rules. */
export function isApproved(review: { asked: AskedRule[] }, votes: CountedVote[]): boolean {
  const approvals = votes.filter((vote) => vote.verdict === 'approve')
  return review.asked.every((rule) => {
    const people = approvals.filter((vote) => countsFor({ asked: [rule] }, vote))
    return new Set(people.map((vote) => vote.person)).size >= rule.review.approvals
  })
}

/** Whether who voted is an approver by any of the rules. */
export const countsFor = ({ asked }: { asked: AskedRule[] }, vote: Pick<CountedVote, 'groups' | 'claims'>): boolean =>
  asked.some((rule) => canSatisfy(rule, { groups: vote.groups, claims: vote.claims as JsonObject }))
