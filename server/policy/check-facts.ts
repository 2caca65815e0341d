import type { ASTNode } from '@marcbachmann/cel-js'
import type { HttpVerb, Rule, SqlArgument } from '../types'
import { operands, parseCel } from './cel'
import type { ToolFacts } from './check-conditions'
import type { Problem } from './document'
import { anyGlob } from './match'
import { listed } from './sentences'

/** A connection with what it says of its tools; what is not given is not looked for. */
export type MappedConnection = { name: string; tools: ToolFacts[]; sql?: SqlArgument[]; http?: HttpVerb[] }

const shownMax = 3

/**
 * Warns of conditions on `sql` and `http` for tools of which the connection does not say what they do: there the condition
 * cannot be evaluated. And of methods that no call has.
 */
export function checkFacts(rule: Rule, connections: MappedConnection[], path: string): Problem[] {
  const { when, actions } = rule
  if (when === null || !/\b(?:sql|http)\b/.test(when) || !anyGlob(actions, 'tools/call')) return []
  const { run, reads } = parseCel(when)
  const found = (['sql', 'http'] as const).flatMap((fact) => {
    const missing = reads.has(fact) ? unmapped(rule, connections, fact) : []
    return missing.length === 0 ? [] : [unknownThere(rule, fact, missing)]
  })
  const [method] = reads.has('http') ? strangeMethods(run.ast) : []
  if (method !== undefined) found.push(`methods are in capitals: \`${method}\` is none`)
  return found.map((message) => ({ message, path, line: null, column: null, severity: 'warning' }))
}

function unmapped(rule: Rule, connections: MappedConnection[], fact: 'sql' | 'http'): string[] {
  return connections
    .filter(({ name }) => anyGlob(rule.connections, name))
    .flatMap((connection) => {
      const mapped = connection[fact]
      if (mapped === undefined) return []
      return connection.tools
        .filter(({ name }) => anyGlob(rule.resources, name) && !mapped.some(({ tool }) => tool === name))
        .map(({ name }) => `\`${connection.name}/${name}\``)
    })
}

const effects = {
  allow: 'an allow rule then never matches',
  review: 'a review rule then always matches',
  deny: 'a deny rule then always matches',
}

function unknownThere({ effect }: Rule, fact: string, missing: string[]): string {
  const more = missing.length > shownMax ? [`${missing.length - shownMax} more`] : []
  const names = listed([...missing.slice(0, shownMax), ...more])
  return `\`${fact}\` is not known for ${names}, which the connection does not map: ${effects[effect]}`
}

const comparing = new Set<string>(['==', '!=', 'in'])

/** Texts that a condition compares with `http.method`, and that are no method. */
function strangeMethods(node: ASTNode): string[] {
  const inner = operands(node)
  const here = comparing.has(node.op) && inner.some(isMethod) ? inner.flatMap(textsIn) : []
  return [...here.filter((text) => text !== text.toUpperCase()), ...inner.flatMap(strangeMethods)]
}

function isMethod(node: ASTNode): boolean {
  if (node.op !== '.' && node.op !== '[]') return false
  const [from, key] = node.args as [ASTNode, ASTNode | string]
  const name = typeof key === 'string' ? key : key.op === 'value' ? key.args : null
  return from.op === 'id' && from.args === 'http' && name === 'method'
}

function textsIn(node: ASTNode): string[] {
  if (node.op === 'list') return node.args.flatMap(textsIn)
  return node.op === 'value' && typeof node.args === 'string' ? [node.args] : []
}
