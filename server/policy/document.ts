import { z } from 'zod'
import type { PolicyDocument as Document } from '../types'
import { actions, namesExtension } from './actions'
import { CelProblem } from './cel'
import { checkCel } from './check-conditions'
import { locator, readText, textCharsMax } from './locate'
import { globMatches } from './match'
import { issueMessage } from './messages'

const nameMax = 64
const Name = z
  .string()
  .regex(
    new RegExp(`^[A-Za-z0-9][A-Za-z0-9._-]{0,${nameMax - 1}}$`),
    'use letters, digits, `.`, `_` and `-`, beginning with a letter or digit, at most 64',
  )
const Glob = z.string().min(1).max(1_000)
const Globs = z.array(Glob).min(1).max(1_000)

const Action = Glob.refine((glob) => actions.some((action) => globMatches(glob, action)) || namesExtension(glob), {
  error: ({ input }) =>
    `\`${input}\` is no action: use ${actions.map((action) => `\`${action}\``).join(', ')}, or a method of an extension`,
})

const Member = z.union([z.literal('everyone'), z.strictObject({ claim: z.string().min(1), value: z.string().min(1) })])

const ReviewSettings = z
  .strictObject({
    approvers: z.array(Member).min(1).max(100),
    approvals: z.number().int().min(1).max(20).default(1),
    scope: z.enum(['call', 'tool']).default('call'),
    maxMinutes: z.number().int().min(1).max(43_200).default(60),
    expiresMinutes: z.number().int().min(1).max(10_080).default(60),
    reason: z.enum(['optional', 'required']).default('optional'),
    breakGlass: z
      .boolean()
      .optional()
      .describe('in an emergency two administrators may let it through, and somebody else must look at it afterwards'),
  })
  // Off has one spelling, so that a rule that never had it keeps its hash.
  .transform(({ breakGlass, ...review }) => (breakGlass === true ? { ...review, breakGlass } : review))

const Rule = z
  .strictObject({
    id: Name,
    effect: z.enum(['allow', 'review', 'deny']),
    connections: Globs.default(['*']),
    actions: z
      .array(Action)
      .min(1)
      .max(100)
      .default([...actions]),
    resources: Globs.default(['*']),
    when: z.string().min(1).nullable().default(null),
    review: ReviewSettings.nullable().default(null),
  })
  .refine((rule) => (rule.effect === 'review') === (rule.review !== null), {
    error: 'a review rule needs `review:` with its approvers, and no other rule has it',
    path: ['review'],
  })

const Role = z.strictObject({
  name: Name,
  description: z.string().max(2_000).default(''),
  members: z.array(Member).max(1_000).default([]),
  rules: z.array(Rule).max(20_000).default([]),
})

const styles = ['null', 'redact', 'hash', 'partial'] as const
// In YAML the word null without quotes is no text.
const Style = z.preprocess((value) => (value === null ? 'null' : value), z.enum(styles))

const Mask = z.strictObject({
  id: Name,
  connections: Globs.default(['*']),
  resources: Globs.default(['*']),
  fields: z.array(z.string().min(1).max(1_000)).max(1_000).default([]),
  detectors: z.array(z.enum(['email', 'credit_card', 'iban', 'jwt', 'private_key', 'aws_key'])).default([]),
  style: Style.default('redact'),
  except: z.array(z.string()).max(1_000).default([]),
})

/** The versioned document in its file form: roles and masks, defaults filled in. Whatever is not known is refused. */
export const PolicyDocument = z.strictObject({
  roles: z.array(Role).max(20_000).default([]),
  masks: z.array(Mask).max(5_000).default([]),
})
/** What a file or a form may leave out. */
export type PolicyDocumentInput = z.input<typeof PolicyDocument>

export type Problem = {
  message: string
  /** Where in the document, such as `roles.0.rules.2.when`. */
  path: string
  /** From 1; null when the document has no text. */
  line: number | null
  column: number | null
  severity: 'error' | 'warning'
  /** Characters into the text at `path`, where that is known; or the key itself is wrong. */
  offset?: number
  atKey?: true
}

export type PolicyRead = { ok: true; document: Document } | { ok: false; problems: Problem[] }

export type Path = readonly (string | number)[]
/** A problem before it has a place in a text. `atKey`: the key is wrong; `offset`: characters into the value. */
export type Found = { path: Path; message: string; atKey?: boolean; offset?: number }

/**
 * Reads the file form. YAML 1.2, or JSON (RFC 8259), which is a part of it; duplicate keys, tags and several documents
 * are refused. Problems come with line and column.
 */
export function parsePolicy(text: string, format: 'yaml' | 'json' = 'yaml'): PolicyRead {
  const quick = readQuickly(text)
  if (quick !== null) return { ok: true, document: quick }
  const read = readText(text, format)
  if ('problems' in read) return { ok: false, problems: read.problems }
  const checked = check(read.value)
  if ('document' in checked) return { ok: true, document: checked.document }
  const locate = locator(text, read.source)
  const problems = checked.found.map((found) => problem(found, locate(found)))
  return { ok: false, problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) }
}

/** Checks a document that is already a value, such as a form's. */
export function checkDocument(value: unknown): PolicyRead {
  const checked = check(value)
  if ('document' in checked) return { ok: true, document: checked.document }
  return { ok: false, problems: checked.found.map((found) => problem(found)) }
}

const nowhere = { line: null, column: null }
const problem = (
  { path, message, offset, atKey }: Found,
  place: Pick<Problem, 'line' | 'column'> = nowhere,
): Problem => ({
  message,
  path: path.join('.'),
  ...place,
  severity: 'error',
  ...(offset === undefined ? {} : { offset }),
  ...(atKey === true ? { atKey } : {}),
})

function check(value: unknown): { document: Document } | { found: Found[] } {
  const parsed = PolicyDocument.safeParse(value, { error: issueMessage })
  if (!parsed.success) return { found: parsed.error.issues.flatMap(foundIn) }
  const found = contradictions(parsed.data)
  return found.length === 0 ? { document: parsed.data } : { found }
}

function foundIn(issue: z.core.$ZodIssue): Found[] {
  const path = issue.path as (string | number)[]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: issue.message, atKey: true }))
  // A member is a word or an object: of an object, say what is wrong inside it.
  const inside =
    issue.code === 'invalid_union' ? issue.errors.find((all) => all.some((one) => one.path.length > 0)) : null
  if (inside === null || inside === undefined) return [{ path, message: issue.message }]
  return inside.flatMap((one) => foundIn({ ...one, path: [...path, ...one.path] } as z.core.$ZodIssue))
}

/** What every single value allows and the whole does not. */
function contradictions({ roles, masks }: Document): Found[] {
  const roleNames = roles.map((role) => role.name)
  const names = new Set(roleNames)
  return [
    ...twice('role', ['roles'], 'name', roleNames),
    ...twice(
      'mask',
      ['masks'],
      'id',
      masks.map((mask) => mask.id),
    ),
    ...masks.flatMap((mask, m) =>
      mask.except.flatMap((role, e) =>
        names.has(role) ? [] : [{ path: ['masks', m, 'except', e], message: `there is no role \`${role}\`` }],
      ),
    ),
    ...roles.flatMap(({ rules }, r) => [
      ...twice(
        'rule',
        ['roles', r, 'rules'],
        'id',
        rules.map((rule) => rule.id),
      ),
      ...rules.flatMap((rule, n) => {
        const found = rule.when === null ? null : conditionProblem(rule.when, rule.effect)
        return found === null ? [] : [{ path: ['roles', r, 'rules', n, 'when'], ...found }]
      }),
    ]),
  ]
}

/** What the other side claims about itself must not widen access. */
function conditionProblem(text: string, effect: string): { message: string; offset: number } | null {
  try {
    const { reads } = checkCel(text)
    if (effect !== 'allow' || !reads.has('client')) return null
    const message = 'an allow rule must not read `client`: a caller gets in by naming another client'
    return { message, offset: Math.max(0, text.search(/\bclient\b/)) }
  } catch (error) {
    if (!(error instanceof CelProblem)) throw error
    return { message: error.message, offset: error.offset }
  }
}

function twice(what: string, list: Path, key: string, names: string[]): Found[] {
  const seen = new Set<string>()
  return names.flatMap((name, at) => {
    if (!seen.has(name)) return seen.add(name) && []
    return [{ path: [...list, at, key], message: `there are two ${what}s \`${name}\`` }]
  })
}

/** A text of JSON as a program writes it, read without looking for places; null when it is something else, or wrong. */
function readQuickly(text: string): Document | null {
  if (!text.startsWith('{') || text.length > textCharsMax) return null
  try {
    const value: unknown = JSON.parse(text)
    // A key that stands twice would not come back.
    if (JSON.stringify(value) !== text && JSON.stringify(value, null, 2) !== text) return null
    const checked = check(value)
    return 'document' in checked ? checked.document : null
  } catch {
    return null
  }
}

/** JSON Schema (2020-12) of a file, for editors: the policy, and the connections that `apply` takes with it. */
export function policyJsonSchema(): Record<string, unknown> {
  const { properties, ...schema } = z.toJSONSchema(PolicyDocument, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema !== (Style as unknown)) return
      jsonSchema.enum = [...styles, null]
      jsonSchema.type = undefined
    },
  })
  const connections = {
    type: 'array',
    description: 'connections that `npm run -s apply` adds or changes; no part of the policy',
    items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
  }
  return { ...schema, properties: { ...properties, connections }, title: 'Sallyport policy' }
}
