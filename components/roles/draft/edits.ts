import type { Effect, Mask, PolicyDocument, ReviewSettings, Role, Rule } from '../../../server/types'

/** Every edit of a draft: a document in, a document out, nothing else touched. `r`, `n`, `m` count roles, rules, masks. */

const replaceAt = <T>(list: T[], at: number, patch: Partial<T>): T[] =>
  list.map((item, index) => (index === at ? { ...item, ...patch } : item))
const insertAt = <T>(list: T[], at: number, item: T): T[] => [...list.slice(0, at), item, ...list.slice(at)]
const removeAt = <T>(list: T[], at: number): T[] => list.filter((_, index) => index !== at)

function moveAt<T>(list: T[], from: number, by: number): T[] {
  const to = from + by
  if (to < 0 || to >= list.length) return list
  return insertAt(removeAt(list, from), to, list[from] as T)
}

const nameMax = 64

/** `name`, or `name-2` and so on, whichever is free. */
export function freeName(name: string, taken: string[]): string {
  for (let n = 1; ; n++) {
    const tail = n === 1 ? '' : `-${n}`
    const free = `${name.slice(0, nameMax - tail.length)}${tail}`
    if (!taken.includes(free)) return free
  }
}

const roleNames = ({ roles }: PolicyDocument) => roles.map(({ name }) => name)
const maskIds = ({ masks }: PolicyDocument) => masks.map(({ id }) => id)

export const addRole = (document: PolicyDocument): PolicyDocument => ({
  ...document,
  roles: [
    ...document.roles,
    { name: freeName('new-role', roleNames(document)), description: '', members: [], rules: [] },
  ],
})

export const changeRole = (
  document: PolicyDocument,
  r: number,
  patch: Partial<Omit<Role, 'name'>>,
): PolicyDocument => ({
  ...document,
  roles: replaceAt<Role>(document.roles, r, patch),
})

/**
 * A new name reaches the masks that spare this role, too. `from`: the draft when typing began. The name may be another
 * role's for a moment while it is typed, and a mask must not spare that one for it.
 */
export function renameRole(document: PolicyDocument, r: number, name: string, from = document): PolicyDocument {
  const roles = replaceAt(document.roles, r, { name })
  const before = from.roles[r]?.name
  const isOnly = (list: Role[], of: string | undefined) => list.filter((role) => role.name === of).length === 1
  if (!isOnly(from.roles, before)) return { ...document, roles }
  const next = isOnly(roles, name) ? name : before
  const masks = document.masks.map((mask, m) => {
    const was = from.masks[m]?.id === mask.id ? from.masks[m] : mask
    return { ...mask, except: was.except.map((role) => (role === before ? (next as string) : role)) }
  })
  return { roles, masks }
}

export function duplicateRole(document: PolicyDocument, r: number): PolicyDocument {
  const role = document.roles[r]
  if (role === undefined) return document
  const name = freeName(`${role.name}-copy`, roleNames(document))
  return { ...document, roles: insertAt(document.roles, r + 1, { ...structuredClone(role), name }) }
}

/** Without the role; a mask that spared it spares one role less. */
export function removeRole(document: PolicyDocument, r: number): PolicyDocument {
  const name = document.roles[r]?.name
  const roles = removeAt(document.roles, r)
  if (roles.some((role) => role.name === name)) return { ...document, roles }
  return {
    roles,
    masks: document.masks.map((mask) => ({ ...mask, except: mask.except.filter((role) => role !== name) })),
  }
}

export const moveRole = (document: PolicyDocument, r: number, by: number): PolicyDocument => ({
  ...document,
  roles: moveAt(document.roles, r, by),
})

const withRules = (document: PolicyDocument, r: number, change: (rules: Rule[]) => Rule[]): PolicyDocument => ({
  ...document,
  roles: document.roles.map((role, index) => (index === r ? { ...role, rules: change(role.rules) } : role)),
})

/** A rule that says nothing yet: what it gives, and where, is for a person to say. */
export const addRule = (document: PolicyDocument, r: number): PolicyDocument =>
  withRules(document, r, (rules) => [
    ...rules,
    {
      id: freeName(
        'new-rule',
        rules.map(({ id }) => id),
      ),
      effect: 'allow',
      connections: [],
      actions: ['tools/call', 'resources/read', 'prompts/get'],
      resources: [],
      when: null,
      review: null,
    },
  ])

export const changeRule = (document: PolicyDocument, r: number, n: number, patch: Partial<Rule>): PolicyDocument =>
  withRules(document, r, (rules) => replaceAt(rules, n, patch))

const firstReview: ReviewSettings = {
  approvers: [],
  approvals: 1,
  scope: 'call',
  maxMinutes: 60,
  expiresMinutes: 60,
  reason: 'optional',
}

/** Review settings come and go with the effect. */
export const setEffect = (document: PolicyDocument, r: number, n: number, effect: Effect): PolicyDocument =>
  changeRule(document, r, n, {
    effect,
    review: effect === 'review' ? (document.roles[r]?.rules[n]?.review ?? firstReview) : null,
  })

export const duplicateRule = (document: PolicyDocument, r: number, n: number): PolicyDocument =>
  withRules(document, r, (rules) => {
    const rule = rules[n]
    if (rule === undefined) return rules
    const id = freeName(
      `${rule.id}-copy`,
      rules.map((other) => other.id),
    )
    return insertAt(rules, n + 1, { ...structuredClone(rule), id })
  })

export const removeRule = (document: PolicyDocument, r: number, n: number): PolicyDocument =>
  withRules(document, r, (rules) => removeAt(rules, n))

export const moveRule = (document: PolicyDocument, r: number, n: number, by: number): PolicyDocument =>
  withRules(document, r, (rules) => moveAt(rules, n, by))

export const addMask = (document: PolicyDocument): PolicyDocument => ({
  ...document,
  masks: [
    ...document.masks,
    {
      id: freeName('new-mask', maskIds(document)),
      connections: ['*'],
      resources: ['*'],
      fields: [],
      detectors: [],
      style: 'redact',
      except: [],
    },
  ],
})

export const changeMask = (document: PolicyDocument, m: number, patch: Partial<Mask>): PolicyDocument => ({
  ...document,
  masks: replaceAt(document.masks, m, patch),
})

export function duplicateMask(document: PolicyDocument, m: number): PolicyDocument {
  const mask = document.masks[m]
  if (mask === undefined) return document
  const id = freeName(`${mask.id}-copy`, maskIds(document))
  return { ...document, masks: insertAt(document.masks, m + 1, { ...structuredClone(mask), id }) }
}

export const removeMask = (document: PolicyDocument, m: number): PolicyDocument => ({
  ...document,
  masks: removeAt(document.masks, m),
})

export const moveMask = (document: PolicyDocument, m: number, by: number): PolicyDocument => ({
  ...document,
  masks: moveAt(document.masks, m, by),
})
