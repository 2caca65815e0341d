import type { Document, YAMLError } from 'yaml'
import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml'
import type { Found, Path, Problem } from './document'

type Place = { line: number | null; column: number | null }
type Source = { document: Document.Parsed; lines: LineCounter }

export const textCharsMax = 8_000_000

/** Text -> value, with what is needed to say where in the text a part of the value stands. */
export function readText(
  text: string,
  format: 'yaml' | 'json',
): { value: unknown; source: Source } | { problems: Problem[] } {
  if (text.length > textCharsMax) return refused(`a policy has at most ${textCharsMax} characters`)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, stringKeys: true })
  // A warning is a tag that nobody resolved: what is not understood is refused.
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    message: messageOf(error),
    path: '',
    ...placeOf(lines, error.pos[0]),
    severity: 'error' as const,
  }))
  visit(document, {
    Alias(_, node) {
      const message = 'a policy has no aliases: write it out'
      problems.push({ message, path: '', ...placeOf(lines, node.range?.[0] ?? 0), severity: 'error' })
      return visit.BREAK
    },
  })
  if (problems.length > 0) return { problems }
  if (document.contents === null) return refused('the policy is empty')
  if (format === 'json' && !isJson(text)) return refused('this is YAML, not JSON')
  return { value: document.toJS(), source: { document, lines } }
}

const refused = (message: string): { problems: Problem[] } => ({
  problems: [{ message, path: '', line: 1, column: 1, severity: 'error' }],
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function messageOf({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'a policy is one document'
  if (code === 'DUPLICATE_KEY') return 'this key stands twice'
  const text = message.split(/ at line |\n/)[0] ?? ''
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function placeOf(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

/** Finds line and column (from 1) of what is at a path; of what is not there, the nearest thing around it. */
export function locator(text: string, { document, lines }: Source): (found: Found) => Place {
  return ({ path, atKey = false, offset = 0 }) => {
    const key = atKey ? keyNode(document, path) : null
    const node = key ?? nearest(document, path)
    const start = node?.range?.[0]
    if (node === null || start === undefined) return { line: 1, column: 1 }
    return placeOf(lines, start + (offset === 0 ? 0 : inside(text, node, offset)))
  }
}

function nearest(document: Document.Parsed, path: Path): Node | null {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node)) return node
  }
  return null
}

function keyNode(document: Document.Parsed, path: Path): Node | null {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap(parent)) return null
  const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1))
  return isNode(pair?.key) ? pair.key : null
}

/** How far into a scalar's source its `offset`-th character stands; 0 where folding or escapes hide it. */
function inside(text: string, node: Node, offset: number): number {
  if (!isScalar(node) || typeof node.value !== 'string' || node.range == null) return 0
  const source = text.slice(node.range[0], node.range[1])
  const value = node.value
  if (source.startsWith(value)) return offset
  if (source.slice(1, -1) === value) return offset + 1
  if (!source.startsWith('|')) return 0
  const before = value.slice(0, offset).split('\n')
  const rows = source.split('\n')
  const row = before.length
  const indent = (rows[row] ?? '').length - (value.split('\n')[row - 1] ?? '').length
  return rows.slice(0, row).join('\n').length + 1 + indent + (before.at(-1)?.length ?? 0)
}
