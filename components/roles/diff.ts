import type { PolicyDocument } from '../../server/types'

export type Change = {
  kind: 'added' | 'removed' | 'changed'
  what: string
  before: string | null
  after: string | null
}

type Named = { key: string; what: string; text: string }

/** Roles, rules and masks as named pieces of text. */
function pieces({ roles, masks }: PolicyDocument): Named[] {
  return [
    ...roles.flatMap((role) => [
      {
        key: `role ${role.name}`,
        what: `role ${role.name}`,
        text: JSON.stringify({ description: role.description, members: role.members }, null, 2),
      },
      ...role.rules.map((rule) => ({
        key: `rule ${role.name}/${rule.id}`,
        what: `rule ${rule.id} of ${role.name}`,
        text: JSON.stringify(rule, null, 2),
      })),
    ]),
    ...masks.map((mask) => ({ key: `mask ${mask.id}`, what: `mask ${mask.id}`, text: JSON.stringify(mask, null, 2) })),
  ]
}

/** What a later document says differently, piece by piece, in the order of the later one. */
export function changes(before: PolicyDocument, after: PolicyDocument): Change[] {
  const old = new Map(pieces(before).map((piece) => [piece.key, piece]))
  const now = pieces(after)
  const kept = new Set(now.map((piece) => piece.key))
  return [
    ...now.flatMap(({ key, what, text }): Change[] => {
      const was = old.get(key)
      if (was === undefined) return [{ kind: 'added', what, before: null, after: text }]
      return was.text === text ? [] : [{ kind: 'changed', what, before: was.text, after: text }]
    }),
    ...[...old.values()]
      .filter(({ key }) => !kept.has(key))
      .map(({ what, text }): Change => ({ kind: 'removed', what, before: text, after: null })),
  ]
}
