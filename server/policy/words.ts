import { isDeepStrictEqual } from 'node:util'
import type { Mask, PolicyDocument, Role, Rule } from '../types'
import { listed, maskInWords, membersInWords, reviewInWords, ruleInWords } from './sentences'

export {
  decisionInWords,
  maskInWords,
  membersInWords,
  reviewInWords,
  ruleInWords,
  verdictInWords,
} from './sentences'

/** One difference between two policies, in words and as what it was and is. */
export type Change = {
  kind: 'added' | 'removed' | 'changed'
  what: 'role' | 'members' | 'description' | 'rule' | 'mask'
  /** The role it is in; null for masks. */
  role: string | null
  /** The rule's or mask's id; null for what is about a role as a whole. */
  id: string | null
  text: string
  before: unknown
  after: unknown
}

/** What `b` changes in `a`. The order of roles, rules and masks means nothing to a decision, so it is no change. */
export function diffPolicies(a: PolicyDocument, b: PolicyDocument): Change[] {
  return [
    ...pairs(a.roles, b.roles, ({ name }) => name).flatMap(([before, after]) => roleChanges(before, after)),
    ...pairs(a.masks, b.masks, ({ id }) => id).flatMap(([before, after]) => maskChanges(before, after)),
  ]
}

type Pair<T> = [before: T | undefined, after: T | undefined]

/** Things of one name side by side: those that stayed or went in their old order, then the new ones. */
function pairs<T>(before: T[], after: T[], nameOf: (item: T) => string): Pair<T>[] {
  const later = new Map(after.map((item) => [nameOf(item), item]))
  const earlier = new Set(before.map(nameOf))
  return [
    ...before.map((item): Pair<T> => [item, later.get(nameOf(item))]),
    ...after.filter((item) => !earlier.has(nameOf(item))).map((item): Pair<T> => [undefined, item]),
  ]
}

function roleChanges(before: Role | undefined, after: Role | undefined): Change[] {
  const name = (after ?? before)!.name
  const of = { role: name, id: null }
  if (before === undefined)
    return [
      {
        kind: 'added',
        what: 'role',
        ...of,
        text: `new role \`${name}\` for ${membersInWords(after!.members)}`,
        before: null,
        after,
      },
      ...after!.rules.flatMap((rule) => ruleChanges(name, undefined, rule)),
    ]
  if (after === undefined)
    return [
      {
        kind: 'removed',
        what: 'role',
        ...of,
        text: `role \`${name}\` of ${membersInWords(before.members)} is removed`,
        before,
        after: null,
      },
      ...before.rules.flatMap((rule) => ruleChanges(name, rule, undefined)),
    ]
  const changes: Change[] = []
  if (!sameSet(before.members, after.members)) {
    const text = `\`${name}\` is for ${membersInWords(after.members)}, was for ${membersInWords(before.members)}`
    changes.push({ kind: 'changed', what: 'members', ...of, text, before: before.members, after: after.members })
  }
  if (before.description !== after.description) {
    const text = `\`${name}\` is described as "${after.description}", was "${before.description}"`
    changes.push({
      kind: 'changed',
      what: 'description',
      ...of,
      text,
      before: before.description,
      after: after.description,
    })
  }
  const rules = pairs(before.rules, after.rules, ({ id }) => id)
  return [...changes, ...rules.flatMap(([old, current]) => ruleChanges(name, old, current))]
}

function ruleChanges(role: string, before: Rule | undefined, after: Rule | undefined): Change[] {
  const id = (after ?? before)!.id
  const of = { what: 'rule', role, id } as const
  const name = `\`${role}/${id}\``
  if (before === undefined)
    return [{ kind: 'added', ...of, text: `new rule ${name}: ${ruleInWords(after!)}`, before: null, after }]
  if (after === undefined)
    return [{ kind: 'removed', ...of, text: `rule ${name} is removed: ${ruleInWords(before)}`, before, after: null }]
  const details = listed(ruleDetails(before, after))
  return details === '' ? [] : [{ kind: 'changed', ...of, text: `rule ${name}: ${details}`, before, after }]
}

function ruleDetails(before: Rule, after: Rule): string[] {
  const details = (['connections', 'actions', 'resources'] as const).flatMap((key) =>
    listDetails(key, before[key], after[key]),
  )
  if (before.effect !== after.effect) details.unshift(`now \`${after.effect}\`, was \`${before.effect}\``)
  if (before.when !== after.when) {
    const was = before.when === null ? 'had no condition' : `was \`${before.when}\``
    details.push(after.when === null ? `no condition any more, ${was}` : `only if \`${after.when}\`, ${was}`)
  }
  if (after.review !== null && before.review !== null && !isDeepStrictEqual(before.review, after.review))
    details.push(`${reviewInWords(after.review)} (was: ${reviewInWords(before.review)})`)
  else if (after.review !== null && before.review === null) details.push(reviewInWords(after.review))
  return details
}

/** What was added to and taken from a list in which the order means nothing. */
function listDetails(key: string, before: string[], after: string[]): string[] {
  const [added, removed] = [
    after.filter((item) => !before.includes(item)),
    before.filter((item) => !after.includes(item)),
  ]
  return [
    ...(added.length === 0 ? [] : [`${key} gain ${listed(added.map((item) => `\`${item}\``))}`]),
    ...(removed.length === 0 ? [] : [`${key} lose ${listed(removed.map((item) => `\`${item}\``))}`]),
  ]
}

function maskChanges(before: Mask | undefined, after: Mask | undefined): Change[] {
  const id = (after ?? before)!.id
  const of = { what: 'mask', role: null, id } as const
  if (before === undefined)
    return [{ kind: 'added', ...of, text: `new mask \`${id}\`: ${maskInWords(after!)}`, before: null, after }]
  if (after === undefined)
    return [{ kind: 'removed', ...of, text: `mask \`${id}\` is removed: ${maskInWords(before)}`, before, after: null }]
  const lists = (['connections', 'resources', 'fields', 'detectors', 'except'] as const).flatMap((key) =>
    listDetails(key, before[key], after[key]),
  )
  const style = before.style === after.style ? [] : [`style \`${after.style}\`, was \`${before.style}\``]
  const details = listed([...style, ...lists])
  return details === '' ? [] : [{ kind: 'changed', ...of, text: `mask \`${id}\`: ${details}`, before, after }]
}

const sameSet = (a: unknown[], b: unknown[]): boolean =>
  a.length === b.length && a.every((item) => b.some((other) => isDeepStrictEqual(item, other)))
