import type { AskedRule, Decision, DetectorName, Mask, MaskStyle, Member, ReviewSettings, Rule } from '../types'
import { actions as allActions } from './actions'

/** Plain sentences, without a final period: `may call \`get_*\` on \`shop\``. */

const quoted = (name: string) => `\`${name}\``

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], last = 'and'): string {
  if (words.length < 2) return words[0] ?? ''
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}

function memberInWords(member: Member): string {
  if (member === 'everyone') return 'everyone'
  return member.claim === 'groups'
    ? `members of ${quoted(member.value)}`
    : `people whose ${quoted(member.claim)} is ${quoted(member.value)}`
}

export const membersInWords = (members: readonly Member[]): string =>
  members.length === 0 ? 'nobody' : listed(members.map(memberInWords), 'or')

const may = { allow: 'may', review: 'may, once approved,', deny: 'may never' } satisfies Record<Rule['effect'], string>
const verbs: Record<string, [verb: string, things: string]> = {
  'tools/call': ['call', 'tool'],
  'resources/read': ['read', 'resource'],
  'prompts/get': ['get', 'prompt'],
}

/** What a rule says: who may do what, where, if what, and who is asked. */
export function ruleInWords(rule: Rule): string {
  const on = rule.connections.includes('*') ? 'on every connection' : `on ${listed(rule.connections.map(quoted))}`
  const parts = [may[rule.effect], whatInWords(rule), on]
  if (rule.when !== null) parts.push(`if ${quoted(rule.when)}`)
  const sentence = parts.join(' ')
  return rule.review === null ? sentence : `${sentence}; ${reviewInWords(rule.review)}`
}

function whatInWords({ actions, resources }: Rule): string {
  const known = actions.length === 1 ? verbs[actions[0]!] : undefined
  const isAll = actions.includes('*') || allActions.every((action) => actions.includes(action))
  const verb =
    known?.[0] ??
    (isAll
      ? 'use'
      : listed(
          actions.map((action) => verbs[action]?.[0] ?? quoted(action)),
          'or',
        ))
  if (resources.includes('*')) return known === undefined ? `${verb} anything` : `${verb} every ${known[1]}`
  return `${verb} ${listed(resources.map(quoted))}`
}

/** Who must approve, what an approver may give at most, and how long a question stands. */
export function reviewInWords(review: ReviewSettings): string {
  const { approvers, approvals, scope, maxMinutes, expiresMinutes, reason, breakGlass } = review
  const who =
    approvals === 1
      ? `one of ${approversInWords(approvers)} approves`
      : `${approvals} of ${approversInWords(approvers)} approve`
  const gives =
    scope === 'call' ? `this call for at most ${minutes(maxMinutes)}` : `this tool for at most ${minutes(maxMinutes)}`
  const must = reason === 'required' ? ', and the caller must say why' : ''
  const emergency = breakGlass === true ? '; in an emergency two administrators may break the glass' : ''
  return `${who} ${gives}; a question ends after ${minutes(expiresMinutes)}${must}${emergency}`
}

const approversInWords = (approvers: readonly Member[]): string =>
  approvers.includes('everyone')
    ? 'all people'
    : listed(
        approvers.map((member) => `the ${memberInWords(member)}`),
        'or',
      )

function minutes(count: number): string {
  if (count % 1_440 === 0) return plural(count / 1_440, 'day')
  return count % 60 === 0 ? plural(count / 60, 'hour') : plural(count, 'minute')
}

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`

const detectorWords = {
  email: 'e-mail addresses',
  credit_card: 'card numbers',
  iban: 'IBANs',
  jwt: 'tokens (JWT)',
  private_key: 'private keys',
  aws_key: 'AWS keys',
} satisfies Record<DetectorName, string>

const styleWords = {
  null: 'replaces with null',
  redact: 'blacks out',
  hash: 'replaces with a keyed hash',
  partial: 'shows only a part of',
} satisfies Record<MaskStyle, string>

/** What a mask hides, where, and from whom not. */
export function maskInWords(mask: Mask): string {
  const hidden = [...mask.fields.map(quoted), ...mask.detectors.map((name) => detectorWords[name])]
  const of = mask.resources.includes('*') ? 'every reply' : `replies of ${listed(mask.resources.map(quoted))}`
  const on = mask.connections.includes('*') ? 'every connection' : listed(mask.connections.map(quoted))
  const except = mask.except.length === 0 ? '' : `, except for ${listed(mask.except.map(quoted))}`
  return `${styleWords[mask.style]} ${hidden.length === 0 ? 'nothing' : listed(hidden)} in ${of} on ${on}${except}`
}

type Verdict = Pick<Decision, 'effect' | 'reason' | 'rules' | 'grantId'>

/** What was decided, and why: by which rules, or that there is none. */
export function verdictInWords({ effect, reason, rules, grantId }: Verdict): { verdict: string; why: string } {
  const deciding = rules.filter((rule) => rule.effect === (grantId === null ? effect : 'review'))
  const names = listed(deciding.map(({ role, rule }) => quoted(`${role}/${rule}`)))
  const by = names === '' ? '' : `by ${names}`
  if (reason === 'no-matching-rule') return { verdict: 'denied', why: 'no rule of any role this person has allows it' }
  if (reason === 'tool-quarantined')
    return { verdict: 'refused', why: `because its tool was in quarantine, else decided ${by}` }
  if (grantId !== null) return { verdict: 'allowed', why: `by an approval asked for ${by}` }
  if (effect === 'review') return { verdict: 'waits for approval', why: names === '' ? '' : `because of ${names}` }
  return { verdict: { allow: 'allowed', deny: 'denied' }[effect], why: by }
}

/** Why a decision is what it is: rules, version, what is asked, what could not be evaluated. */
export function decisionInWords(decision: Decision): string {
  const { reason, asked, errors, version } = decision
  const { verdict, why } = verdictInWords(decision)
  const sentence = `${verdict}${reason === 'no-matching-rule' ? ':' : ''} ${why}`.trimEnd()
  return [
    `${sentence}, policy version ${version}`,
    ...asked.map(askedInWords),
    ...errors.map((error) => `a condition could not be evaluated: ${error}`),
  ].join('; ')
}

const askedInWords = ({ role, rule, review }: AskedRule) => `${quoted(`${role}/${rule}`)}: ${reviewInWords(review)}`
