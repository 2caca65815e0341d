import { checkDocument, type Path, type PolicyRead, type Problem } from './document'
import { locator, readText } from './locate'

export type PolicyFile = {
  connections: unknown[]
  /** null when the file holds connections only. */
  policy: PolicyRead | null
  /** `line:column` of a problem found later, such as by a server that knows the connections. */
  placeOf(problem: Pick<Problem, 'path' | 'offset' | 'atKey'>): string
}

/** Reads a file of `connections:` and a policy, YAML or JSON. Throws an Error with `line:column: message` lines. */
export function readPolicyFile(text: string): PolicyFile {
  const read = readText(text, 'yaml')
  if ('problems' in read)
    throw new Error(read.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`).join('\n'))
  const { connections = [], ...document } = (
    typeof read.value === 'object' && !Array.isArray(read.value) ? read.value : {}
  ) as Record<string, unknown>
  if (!Array.isArray(connections)) throw new Error('1:1: `connections` must be a list')
  const locate = locator(text, read.source)
  const placeOf = ({ path, offset, atKey }: Pick<Problem, 'path' | 'offset' | 'atKey'>) => {
    const { line, column } = locate({ path: pathOf(path), message: '', offset: offset ?? 0, atKey: atKey === true })
    return `${line ?? 1}:${column ?? 1}`
  }
  const isPolicy = Object.keys(document).length > 0 || connections.length === 0
  return { connections, policy: isPolicy ? checkDocument(document) : null, placeOf }
}

const pathOf = (path: string): Path =>
  path === '' ? [] : path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key))
