import type { CompiledRule } from '../../policy/compile'
import { decisionInWords, maskInWords, reviewInWords, ruleInWords, verdictInWords } from '../../policy/words'
import type { Decision, PolicyDocument, Rule, RuleRef } from '../../types'
import type { DecisionAnswer, RuleAnswer } from './schemas'

const inWords = (ref: RuleRef, rule: Rule | undefined): RuleAnswer => ({
  role: ref.role,
  rule: ref.rule,
  effect: ref.effect,
  text: rule === undefined ? 'this rule is no more' : ruleInWords(rule),
  condition: rule?.when ?? null,
})

export const ruleAnswers = (rules: CompiledRule[]): RuleAnswer[] =>
  rules.map(({ role, rule, effect }) => inWords({ role, rule: rule.id, effect }, rule))

type Decided = Pick<Decision, 'effect' | 'reason' | 'rules' | 'errors' | 'version'> & Partial<Decision>

/** A decision in words; `document` is the policy it was made under. */
export function decisionAnswer(decision: Decided, maskIds: string[], document: PolicyDocument): DecisionAnswer {
  const find = (ref: RuleRef) =>
    document.roles.find((role) => role.name === ref.role)?.rules.find((rule) => rule.id === ref.rule)
  const { effect, reason, rules, errors, version, asked = [], grantId = null, masks = [] } = decision
  return {
    version,
    effect,
    reason,
    text: decisionInWords({ effect, reason, rules, errors, version, asked, grantId, masks }),
    ...verdictInWords({ effect, reason, rules, grantId }),
    rules: rules.map((ref) => inWords(ref, find(ref))),
    asked: asked.map(({ review }) => reviewInWords(review)),
    masks: document.masks
      .filter(({ id }) => maskIds.includes(id))
      .map((mask) => ({ id: mask.id, text: maskInWords(mask) })),
    errors,
  }
}
