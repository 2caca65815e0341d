import type { Argument } from '../draft/catalog'
import type { Clause, Literal } from '../draft/condition'

export const firstValue = (type: Argument['type'] | undefined, choices: string[] = []): Literal =>
  type === 'number' ? 0 : type === 'boolean' ? true : (choices[0] ?? '')

type World = { firstArgument: Argument | undefined; hasHttp: boolean }

const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

/** What a condition may be about, with the part it begins as. Each begins as narrow as it can. */
export function newClauses({ firstArgument, hasHttp }: World): [words: string, clause: Clause][] {
  const { name = '', type, choices } = firstArgument ?? {}
  const http: [string, Clause][] = [
    ['the HTTP method', { kind: 'method', values: ['GET'] }],
    ['the HTTP path', { kind: 'path', prefix: '/' }],
  ]
  return [
    ['an argument of the call', { kind: 'argument', name, operator: '==', values: [firstValue(type, choices)] }],
    ['SQL that only reads', { kind: 'read-only', is: true }],
    ['the tables of the SQL', { kind: 'sql', list: 'tables', only: true, values: [] }],
    ['the verbs of the SQL', { kind: 'sql', list: 'verbs', only: true, values: ['SELECT'] }],
    ['the columns of the SQL', { kind: 'sql', list: 'columns', only: false, values: [] }],
    ['the functions of the SQL', { kind: 'sql', list: 'functions', only: true, values: [] }],
    ...(hasHttp ? http : []),
    ['the time of day', { kind: 'hours', from: 9, to: 17, zone: zone() }],
    ['the day of the week', { kind: 'days', days: [1, 2, 3, 4, 5], zone: zone() }],
    ['a group of the person', { kind: 'group', is: true, group: '' }],
    ['anything else, in CEL', { kind: 'text', text: 'false' }],
  ]
}
