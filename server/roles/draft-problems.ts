import type { Problem } from '../policy/document'
import type { DraftProblem } from './schemas'

/** Problems as a form shows them: which role, rule or mask, and where in its text. */
export const draftProblems = (document: unknown, problems: Problem[]): DraftProblem[] =>
  problems
    .map((problem) => placed(document, problem))
    .sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'))

function placed(document: unknown, { message, path, severity, offset }: Problem): DraftProblem {
  const keys = path === '' ? [] : path.split('.')
  const name = (steps: number, key: string) => textAt(document, [...keys.slice(0, steps), key])
  const isRole = keys[0] === 'roles' && keys.length > 1
  const isRule = isRole && keys[2] === 'rules' && keys.length > 3
  const role = isRole ? (name(2, 'name') ?? `number ${Number(keys[1]) + 1}`) : null
  const rule = isRule ? (name(4, 'id') ?? `number ${Number(keys[3]) + 1}`) : null
  const mask = keys[0] === 'masks' && keys.length > 1 ? (name(2, 'id') ?? `number ${Number(keys[1]) + 1}`) : null
  const field = keys.slice(isRule ? 4 : role !== null || mask !== null ? 2 : 0).join('.')
  const place = [
    role === null ? '' : `role \`${role}\``,
    rule === null ? '' : `rule \`${rule}\``,
    mask === null ? '' : `mask \`${mask}\``,
    field,
  ]
  return {
    severity,
    message,
    path,
    place: place.filter((part) => part !== '').join(', ') || 'the policy',
    role,
    rule,
    mask,
    offset: offset ?? null,
  }
}

function textAt(value: unknown, path: string[]): string | null {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return null
    at = (at as Record<string, unknown>)[key]
  }
  return typeof at === 'string' && at !== '' ? at : null
}
