import { isNode, LineCounter, parseDocument, stringify } from 'yaml'
import { z } from 'zod'
import type { PolicyDocument as Document } from '../types'
import { compileCondition } from './conditions'

const Name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, `.`, `_` and `-`, beginning with a letter or digit')
const Globs = z.array(z.string().min(1)).min(1)
const Member = z.union([z.literal('everyone'), z.strictObject({ claim: z.string().min(1), value: z.string().min(1) })])

const ReviewSettings = z.strictObject({
  approvers: z.array(Member).min(1),
  approvals: z.number().int().min(1).max(20).default(1),
  scope: z.enum(['call', 'tool']).default('call'),
  maxMinutes: z.number().int().min(1).max(43_200).default(60),
  expiresMinutes: z.number().int().min(1).max(10_080).default(60),
  reason: z.enum(['optional', 'required']).default('optional'),
})

const Rule = z
  .strictObject({
    id: Name,
    effect: z.enum(['allow', 'review', 'deny']),
    connections: Globs.default(['*']),
    actions: Globs.default(['tools/call', 'resources/read', 'prompts/get']),
    resources: Globs.default(['*']),
    when: z.string().min(1).nullable().default(null),
    review: ReviewSettings.nullable().default(null),
  })
  .refine((rule) => (rule.effect === 'review') === (rule.review !== null), {
    message: 'a review rule has `review:` with its approvers, and no other rule has',
    path: ['review'],
  })

const Role = z.strictObject({
  name: Name,
  description: z.string().default(''),
  members: z.array(Member).default([]),
  rules: z.array(Rule).default([]),
})

const Mask = z.strictObject({
  id: Name,
  connections: Globs.default(['*']),
  resources: Globs.default(['*']),
  fields: z.array(z.string().min(1)).default([]),
  detectors: z.array(z.enum(['email', 'credit_card', 'iban', 'jwt', 'private_key', 'aws_key'])).default([]),
  style: z.enum(['null', 'redact', 'hash', 'partial']).default('redact'),
  except: z.array(z.string()).default([]),
})

/** The versioned document: roles and masks. Unknown keys, effects, styles and detectors are refused. */
export const PolicyDocument = z.strictObject({ roles: z.array(Role).default([]), masks: z.array(Mask).default([]) })

export type Problem = {
  message: string
  /** Where in the document, such as `roles.0.rules.2.when`. */
  path: string
  /** From 1; null when it is about the whole. */
  line: number | null
  column: number | null
  severity: 'error' | 'warning'
}

export type PolicyRead = { ok: true; document: Document } | { ok: false; problems: Problem[] }

type Path = readonly PropertyKey[]

/** Reads the file form (YAML 1.2, of which JSON is a part). Whatever is not understood is refused, with line and column. */
export function parsePolicy(text: string): PolicyRead {
  const lines = new LineCounter()
  const source = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const locate = (offset: number | undefined) => {
    const at = offset === undefined ? null : lines.linePos(offset)
    return { line: at?.line ?? null, column: at?.col ?? null }
  }
  if (source.errors.length > 0)
    return {
      ok: false,
      problems: source.errors.map((error) => ({
        message: error.message.split('\n')[0] ?? '',
        path: '',
        ...locate(error.pos[0]),
        severity: 'error',
      })),
    }
  const offsetOf = (path: Path): number | undefined => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = source.getIn(path.slice(0, length), true)
      if (isNode(node)) return node.range?.[0]
    }
    return undefined
  }
  const read = checkDocument(source.toJS())
  if (read.ok) return read
  return {
    ok: false,
    problems: read.problems.map((problem) => ({ ...problem, ...locate(offsetOf(pathOf(problem.path))) })),
  }
}

const pathOf = (path: string): Path =>
  path === '' ? [] : path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))

/** Checks a document that is already a value. */
export function checkDocument(value: unknown): PolicyRead {
  const parsed = PolicyDocument.safeParse(value ?? {})
  if (!parsed.success)
    return { ok: false, problems: parsed.error.issues.map((issue) => problem(issue.path, issue.message)) }
  const problems = contradictions(parsed.data)
  return problems.length === 0 ? { ok: true, document: parsed.data } : { ok: false, problems }
}

const problem = (path: Path, message: string): Problem => ({
  message,
  path: path.join('.'),
  line: null,
  column: null,
  severity: 'error',
})

function contradictions(document: Document): Problem[] {
  const problems = [
    ...twice(
      document.roles.map((role) => role.name),
      (at) => ['roles', at, 'name'],
      'role',
    ),
    ...twice(
      document.masks.map((mask) => mask.id),
      (at) => ['masks', at, 'id'],
      'mask',
    ),
  ]
  const names = new Set(document.roles.map((role) => role.name))
  for (const [m, mask] of document.masks.entries())
    for (const [e, role] of mask.except.entries())
      if (!names.has(role)) problems.push(problem(['masks', m, 'except', e], `there is no role \`${role}\``))
  for (const [r, role] of document.roles.entries()) {
    problems.push(
      ...twice(
        role.rules.map((rule) => rule.id),
        (at) => ['roles', r, 'rules', at, 'id'],
        'rule',
      ),
    )
    for (const [n, rule] of role.rules.entries()) {
      const why = rule.when === null ? null : conditionProblem(rule.when, rule.effect)
      if (why !== null) problems.push(problem(['roles', r, 'rules', n, 'when'], why))
    }
  }
  return problems
}

/** What the other side claims about itself must not widen access. */
function conditionProblem(text: string, effect: string): string | null {
  try {
    const condition = compileCondition(text)
    if (effect === 'allow' && condition.reads('client'))
      return 'an allow rule must not depend on `client`: a caller gets around it by naming another client'
    return null
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? 'the condition is not CEL'
  }
}

function twice(names: string[], path: (at: number) => Path, what: string): Problem[] {
  return names.flatMap((name, at) =>
    names.indexOf(name) === at ? [] : [problem(path(at), `the ${what} \`${name}\` stands twice`)],
  )
}

/** The document as canonical YAML: the same document always prints the same text, and reads back as itself. */
export const printPolicy = (document: Document): string => stringify(PolicyDocument.parse(document), { lineWidth: 0 })
