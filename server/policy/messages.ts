import type { z } from 'zod'

type Raw = z.core.$ZodRawIssue

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'keys and values',
  boolean: 'true or false',
}

/** A problem in the document's words; undefined leaves the schema's own. */
export function issueMessage(issue: Raw): string | undefined {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown key \`${issue.keys.join('`, `')}\``
    case 'invalid_value':
      return `${shown(issue.input)} is not one of ${issue.values.map((value) => `\`${String(value)}\``).join(', ')}`
    case 'invalid_type':
      return typeMessage(issue)
    case 'invalid_union':
      return 'a member is the word `everyone`, or has `claim` and `value`'
    case 'too_small':
      return issue.origin === 'number' ? `at least ${issue.minimum}` : 'must not be empty'
    case 'too_big':
      return `at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`
    default:
      return undefined
  }
}

function typeMessage({ input, expected }: Raw & { expected?: unknown }): string {
  const wanted = kinds[String(expected)] ?? String(expected)
  if (input === undefined) return `this is missing: ${wanted}`
  const hint = expected === 'string' && ['number', 'boolean'].includes(typeof input) ? '; put it in quotes' : ''
  return `${shown(input)} is not ${wanted}${hint}`
}

const shownMax = 60

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return `\`${text.length > shownMax ? `${text.slice(0, shownMax)}...` : text}\``
}
