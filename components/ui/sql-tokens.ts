export type Token = {
  text: string
  kind: 'plain' | 'word' | 'string' | 'comment' | 'number' | 'name' | 'key' | 'masked'
}
type Dialect = 'postgres' | 'mysql'

const words = new Set(
  `abort alter analyze and any as asc begin between by call cascade case cast check cluster collate column comment commit constraint
  copy create cross current cursor database deallocate declare default delete desc discard distinct do drop else end except execute
  exists explain fetch filter for foreign from full function grant group having ilike in index inner insert intersect into is join key
  lateral left like limit listen load lock materialized merge natural not notify null offset on only or order outer over partition
  perform policy prepare primary procedure reassign recursive references refresh reindex release rename replace reset restrict
  returning revoke right role rollback savepoint schema select sequence set show similar table temporary then to transaction trigger
  truncate union unique unlisten update user using vacuum values view when where window with`.split(/\s+/),
)

// What opens with it runs in MySQL, though it looks like a comment.
const executable = /\/\*[!+]\d*/y
const shared = { number: /\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?/y, word: /[\p{L}_][\p{L}\p{N}_$]*/uy }

const patterns: Record<Dialect, [Token['kind'], RegExp][]> = {
  postgres: [
    ['comment', /--[^\n]*/y],
    ['string', /[eE]'(?:[^'\\]|\\[\s\S]|'')*'?/y],
    ['string', /(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*'?/y],
    ['string', /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy],
    ['name', /"(?:[^"]|"")*"?/y],
    ['number', shared.number],
    ['word', shared.word],
  ],
  mysql: [
    ['comment', /(?:#|--(?=\s|$))[^\n]*/y],
    ['string', /[bBxXnN]?'(?:[^'\\]|\\[\s\S]|'')*'?/y],
    ['string', /"(?:[^"\\]|\\[\s\S]|"")*"?/y],
    ['name', /`(?:[^`]|``)*`?/y],
    ['number', shared.number],
    ['word', shared.word],
  ],
}

/** A statement in coloured pieces. It reads as the database does, so that code never looks like a string or a comment. */
export function sqlTokens(text: string, dialect: Dialect = 'postgres'): Token[] {
  const out: Token[] = []
  let at = 0
  let plainFrom = 0
  const push = (kind: Token['kind'], end: number) => {
    if (at > plainFrom) out.push({ kind: 'plain', text: text.slice(plainFrom, at) })
    out.push({ kind, text: text.slice(at, end) })
    at = end
    plainFrom = end
  }
  while (at < text.length) {
    const next = tokenAt(text, at, dialect)
    if (next === null) at += 1
    else push(next.kind, next.end)
  }
  if (at > plainFrom) out.push({ kind: 'plain', text: text.slice(plainFrom) })
  return out
}

function tokenAt(text: string, at: number, dialect: Dialect): { kind: Token['kind']; end: number } | null {
  if (text.startsWith('/*', at)) {
    executable.lastIndex = at
    const runs = dialect === 'mysql' ? executable.exec(text) : null
    if (runs !== null) return { kind: 'word', end: at + runs[0].length }
    return { kind: 'comment', end: commentEnd(text, at, dialect === 'postgres') }
  }
  for (const [kind, pattern] of patterns[dialect]) {
    pattern.lastIndex = at
    const [found] = pattern.exec(text) ?? []
    if (found === undefined) continue
    if (kind === 'word') return { kind: words.has(found.toLowerCase()) ? 'word' : 'plain', end: at + found.length }
    if (!found.startsWith('$')) return { kind, end: at + found.length }
    const close = text.indexOf(found, at + found.length)
    return { kind, end: close === -1 ? text.length : close + found.length }
  }
  return null
}

/** PostgreSQL's block comments nest, MySQL's do not. */
function commentEnd(text: string, from: number, nests: boolean): number {
  const marks = /\/\*|\*\//g
  marks.lastIndex = from + 2
  let depth = 1
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    if (found[0] === '*/') depth -= 1
    else if (nests) depth += 1
    if (depth === 0) return marks.lastIndex
  }
  return text.length
}
