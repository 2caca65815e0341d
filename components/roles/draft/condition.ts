import { list, literal, literalValue, literalValues, reference, split, textPattern } from './cel-text'

export type Literal = string | number | boolean
export const comparisons = ['==', '!=', '>', '>=', '<', '<='] as const
export const textTests = ['contains', 'startsWith', 'endsWith', 'matches'] as const
export type Operator = (typeof comparisons)[number] | (typeof textTests)[number] | 'in' | 'not in' | 'given' | 'missing'
export const sqlLists = ['tables', 'verbs', 'columns', 'functions'] as const
export type SqlList = (typeof sqlLists)[number]

/** One part of a condition that the builder has a form for; anything else CEL can say is `text`. */
export type Clause =
  | { kind: 'argument'; name: string; operator: Operator; values: Literal[] }
  | { kind: 'read-only'; is: boolean }
  | { kind: 'sql'; list: SqlList; only: boolean; values: string[] }
  | { kind: 'method'; values: string[] }
  | { kind: 'path'; prefix: string }
  | { kind: 'hours'; from: number; to: number; zone: string }
  | { kind: 'days'; days: number[]; zone: string }
  | { kind: 'group'; is: boolean; group: string }
  | { kind: 'text'; text: string }
export type Condition = { join: 'all' | 'any'; clauses: Clause[] }

/** CEL as clauses. What has no form, or would not print as it stands, stays text: looking never changes a condition. */
export function readCondition(cel: string | null): Condition {
  if (cel === null || cel.trim() === '') return { join: 'all', clauses: [] }
  const { join, parts } = split(cel)
  return { join, clauses: parts.map(readClause) }
}

/** The CEL that clauses stand for; null without any. */
export function printCondition({ join, clauses }: Condition): string | null {
  const alone = clauses.length === 1
  const parts = clauses.map(printClause).filter((part) => part.trim() !== '')
  if (parts.length === 0) return null
  return parts.map((part) => (alone ? part : beside(part, join))).join(join === 'all' ? ' && ' : ' || ')
}

/** A part as it may stand beside others: `&&` binds before `||`. */
function beside(part: string, join: Condition['join']): string {
  const inner = split(part)
  const binds = inner.isAtomic || (join === 'any' && inner.join === 'all' && inner.parts.length > 1)
  // What follows a note up to the end of its line belongs to it, a parenthesis too.
  return binds ? part : part.includes('//') ? `(${part}\n)` : `(${part})`
}

function readClause(text: string): Clause {
  const trimmed = text.trim()
  for (const reader of readers) {
    const clause = reader(trimmed)
    if (clause !== null && printClause(clause) === trimmed) return clause
  }
  return { kind: 'text', text: trimmed }
}

function printClause(clause: Clause): string {
  switch (clause.kind) {
    case 'argument':
      return printArgument(clause)
    case 'read-only':
      return clause.is ? 'sql.readOnly' : '!sql.readOnly'
    case 'sql': {
      const x = clause.list.charAt(0)
      const test = `${x}, ${x} in ${list(clause.values)}`
      return clause.only ? `sql.${clause.list}.all(${test})` : `!sql.${clause.list}.exists(${test})`
    }
    case 'method':
      return `http.method in ${list(clause.values)}`
    case 'path':
      return `http.path.startsWith(${literal(clause.prefix)})`
    case 'hours': {
      const hours = `now.getHours(${literal(clause.zone)})`
      return `(${hours} >= ${clause.from} ${clause.from < clause.to ? '&&' : '||'} ${hours} < ${clause.to})`
    }
    case 'days':
      return `now.getDayOfWeek(${literal(clause.zone)}) in [${clause.days.join(', ')}]`
    case 'group':
      return clause.is
        ? `${literal(clause.group)} in principal.groups`
        : `!(${literal(clause.group)} in principal.groups)`
    case 'text':
      return clause.text
  }
}

function printArgument({ name, operator, values }: Extract<Clause, { kind: 'argument' }>): string {
  const argument = reference(name)
  switch (operator) {
    case 'given':
      return `has(${argument})`
    case 'missing':
      return `!has(${argument})`
    case 'in':
      return `${argument} in ${list(values)}`
    case 'not in':
      return `!(${argument} in ${list(values)})`
    case 'contains':
    case 'startsWith':
    case 'endsWith':
    case 'matches':
      return `${argument}.${operator}(${literal(values[0] ?? '')})`
    default:
      return `${argument} ${operator} ${literal(values[0] ?? '')}`
  }
}

type Reader = (text: string) => Clause | null
const T = textPattern
const name = `args(?:\\.([A-Za-z_]\\w*)|\\[(${T})\\])`

/** A reader from a pattern and what its groups mean; what does not read as a value is not this clause. */
const reader =
  (pattern: string, make: (groups: string[]) => Clause | null): Reader =>
  (text) => {
    const found = new RegExp(`^${pattern}$`, 's').exec(text)
    return found === null ? null : make(found.slice(1).map((group) => group ?? ''))
  }

const argument = (plain: string, quoted: string, operator: Operator, values: Literal[] | null): Clause | null => {
  const named = plain === '' ? literalValue(quoted) : plain
  return typeof named === 'string' && values !== null ? { kind: 'argument', name: named, operator, values } : null
}
const one = (text: string): Literal[] | null => {
  const value = literalValue(text)
  return value === null ? null : [value]
}
const texts = (text: string): string[] | null => {
  const values = literalValues(text)
  return values?.every((value) => typeof value === 'string') ? (values as string[]) : null
}
const text = (quoted: string): string => String(literalValue(quoted) ?? '')

const readers: Reader[] = [
  reader('(!?)sql\\.readOnly', ([not]) => ({ kind: 'read-only', is: not === '' })),
  reader(
    '(!?)sql\\.(tables|verbs|columns|functions)\\.(all|exists)\\(\\w, \\w in (\\[.*\\])\\)',
    ([, key, how, all]) => {
      const values = texts(all!)
      return values === null ? null : { kind: 'sql', list: key as SqlList, only: how === 'all', values }
    },
  ),
  reader('http\\.method in (\\[.*\\])', ([all]) => {
    const values = texts(all!)
    return values === null ? null : { kind: 'method', values }
  }),
  reader(`http\\.path\\.startsWith\\((${T})\\)`, ([prefix]) => ({ kind: 'path', prefix: text(prefix!) })),
  reader(
    `\\(now\\.getHours\\((${T})\\) >= (\\d+) (?:&&|\\|\\|) now\\.getHours\\(${T}\\) < (\\d+)\\)`,
    ([zone, from, to]) => ({
      kind: 'hours',
      from: Number(from),
      to: Number(to),
      zone: text(zone!),
    }),
  ),
  reader(`now\\.getDayOfWeek\\((${T})\\) in \\[([0-6, ]*)\\]`, ([zone, days]) => ({
    kind: 'days',
    days: days === '' ? [] : days!.split(', ').map(Number),
    zone: text(zone!),
  })),
  reader(`(!?)\\(?(${T}) in principal\\.groups\\)?`, ([not, group]) => ({
    kind: 'group',
    is: not === '',
    group: text(group!),
  })),
  reader(`(!?)has\\(${name}\\)`, ([not, plain, quoted]) =>
    argument(plain!, quoted!, not === '' ? 'given' : 'missing', []),
  ),
  reader(`(!?)\\(?${name} in (\\[.*\\])\\)?`, ([not, plain, quoted, all]) =>
    argument(plain!, quoted!, not === '' ? 'in' : 'not in', literalValues(all!)),
  ),
  reader(`${name}\\.(contains|startsWith|endsWith|matches)\\((${T})\\)`, ([plain, quoted, operator, value]) =>
    argument(plain!, quoted!, operator as Operator, one(value!)),
  ),
  reader(`${name} (==|!=|>=|<=|>|<) (.+)`, ([plain, quoted, operator, value]) =>
    argument(plain!, quoted!, operator as Operator, one(value!)),
  ),
]
