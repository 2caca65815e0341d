import { isMember } from '../policy/match'
import type { AskedRule, JsonObject, Principal } from '../types'

type Voter = Pick<Principal, 'id' | 'groups' | 'claims'>

/** The rules of a review that a person could satisfy; none on their own question. An admin is no approver unless a rule says so. */
export function votableRules(review: { principalId: string; asked: AskedRule[] }, person: Voter): AskedRule[] {
  if (person.id === review.principalId) return []
  return review.asked.filter((rule) => rule.review.approvers.some((member) => isMember(member, person)))
}

export type CountedVote = {
  person: string
  verdict: 'approve' | 'deny'
  groups: string[]
  claims: Record<string, unknown>
}

/** Whether every rule has enough different people for it; one person may count for several rules. */
export function isApproved(review: { principalId: string; asked: AskedRule[] }, votes: CountedVote[]): boolean {
  const approvals = votes.filter((vote) => vote.verdict === 'approve')
  return review.asked.every((rule) => {
    const people = approvals.filter((vote) => votableRules({ ...review, asked: [rule] }, voterOf(vote)).length === 1)
    return new Set(people.map((vote) => vote.person)).size >= rule.review.approvals
  })
}

const voterOf = ({ person, groups, claims }: CountedVote): Voter => ({
  id: person,
  groups,
  claims: claims as JsonObject,
})
