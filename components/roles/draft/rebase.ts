import type { Mask, PolicyDocument, Role, Rule } from '../../../server/types'

/**
 * My draft on top of what others published: a piece that I changed since `base` is mine, every other piece is theirs. Pieces
 * are a role's members, its description, each rule and each mask. A role they removed comes back only with what I changed in it.
 */
export function rebase(base: PolicyDocument, mine: PolicyDocument, theirs: PolicyDocument): PolicyDocument {
  const roles = merge(base.roles, mine.roles, theirs.roles, ({ name }) => name, mergeRole)
  const masks = merge(base.masks, mine.masks, theirs.masks, ({ id }) => id)
  const names = new Set(roles.map(({ name }) => name))
  return {
    roles,
    masks: masks.map((mask): Mask => ({ ...mask, except: mask.except.filter((role) => names.has(role)) })),
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

function merge<T>(
  base: T[],
  mine: T[],
  theirs: T[],
  nameOf: (item: T) => string,
  both?: (base: T | undefined, mine: T, theirs: T) => T,
): T[] {
  const [old, my, their] = [base, mine, theirs].map((list) => new Map(list.map((item) => [nameOf(item), item])))
  const choose = (name: string): T | undefined => {
    const [was, m, t] = [old?.get(name), my?.get(name), their?.get(name)]
    if (same(was, m)) return t
    if (m === undefined || t === undefined || both === undefined) return m
    return both(was, m, t)
  }
  // In their order, with mine that they do not have at the end.
  const names = new Set([...(their?.keys() ?? []), ...(my?.keys() ?? [])])
  return [...names].flatMap((name) => choose(name) ?? [])
}

function mergeRole(base: Role | undefined, mine: Role, theirs: Role): Role {
  return {
    name: theirs.name,
    description: base?.description === mine.description ? theirs.description : mine.description,
    members: same(base?.members, mine.members) ? theirs.members : mine.members,
    rules: merge<Rule>(base?.rules ?? [], mine.rules, theirs.rules, ({ id }) => id),
  }
}
