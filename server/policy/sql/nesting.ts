/**
 * An upper estimate of how deep PostgreSQL's parser will nest on a text, from its words alone (PostgreSQL documentation,
 * section 4.1). The parser recurses on JavaScript's stack; where it overflows, its memory is lost.
 */
export function nestingOf(sql: string): number {
  const levels: Level[] = [{ opener: '', lasting: 0, chain: 0 }]
  let below = 0
  let deepest = 0
  let at = 0
  while (at < sql.length) {
    const next = step(sql, at)
    at = next.end
    const level = levels.at(-1)!
    if (next.effect === 'open') {
      below += weight.open + level.lasting + level.chain
      levels.push({ opener: next.word, lasting: 0, chain: 0 })
    } else if (next.effect === 'close') {
      // END closes a CASE only; COMMIT can be spelled so too.
      if (levels.length === 1 || (next.word === 'end') !== (level.opener === 'case')) continue
      levels.pop()
      const outer = levels.at(-1)!
      below -= weight.open + outer.lasting + outer.chain
    } else if (next.effect === 'lasting') level.lasting += weight.lasting
    else if (next.effect === 'chain') level.chain += next.word.length > 1 ? weight.word : weight.mark
    else if (next.effect === 'separate') level.chain = 0
    const { lasting, chain } = levels.at(-1)!
    deepest = Math.max(deepest, below + lasting + chain)
  }
  return deepest
}

type Level = { opener: string; lasting: number; chain: number }
type Effect = 'open' | 'close' | 'lasting' | 'chain' | 'separate' | 'none'
type Step = { end: number; effect: Effect; word: string }

/** In levels of `1 + 1`: measured, a subquery takes the stack of three. */
const weight = { open: 3, lasting: 1, word: 2, mark: 1 }

const words: Record<string, Effect> = {
  case: 'open',
  end: 'close',
  ...effects('lasting', 'join union intersect except'),
  ...effects('chain', 'not is like ilike similar between in collate at isnull notnull escape overlaps operator'),
  ...effects(
    'separate',
    'and or when then else select from where on having values set limit order group returning using',
  ),
}

function effects(effect: Effect, names: string): Record<string, Effect> {
  return Object.fromEntries(names.split(' ').map((name) => [name, effect]))
}

const marks: Record<string, Effect> = {
  '(': 'open',
  '[': 'open',
  ')': 'close',
  ']': 'close',
  ',': 'separate',
  ';': 'separate',
}

function step(sql: string, at: number): Step {
  const char = sql[at]!
  const skipped = skip(sql, at, char)
  if (skipped !== null) return { end: skipped, effect: 'none', word: '' }
  const word = /[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*/y
  word.lastIndex = at
  const found = word.exec(sql)?.[0].toLowerCase()
  if (found !== undefined) {
    const end = at + found.length
    if (found === 'e' && sql[end] === "'") return { end: quoted(sql, end + 1, "'", true), effect: 'none', word: '' }
    return { end, effect: Object.hasOwn(words, found) ? words[found]! : 'none', word: found }
  }
  const effect = marks[char] ?? (/[-+*/<>=~!@#%^&|`?:]/.test(char) ? 'chain' : 'none')
  return { end: at + 1, effect, word: char }
}

/** The end of a comment, a text or a quoted name; null when there is none here. */
function skip(sql: string, at: number, char: string): number | null {
  if (char === "'" || char === '"') return quoted(sql, at + 1, char, false)
  if (char === '-' && sql[at + 1] === '-') return until(sql, '\n', at)
  if (char === '/' && sql[at + 1] === '*') return comment(sql, at)
  if (char !== '$') return null
  const tag = /\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$/y
  tag.lastIndex = at
  const mark = tag.exec(sql)?.[0]
  return mark === undefined ? null : until(sql, mark, at + mark.length)
}

function until(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from)
  return found === -1 ? sql.length : found + mark.length
}

/** A doubled quote ends one text and begins the next, which comes to the same. */
function quoted(sql: string, from: number, quote: string, escapes: boolean): number {
  for (let at = from; at < sql.length; at += 1) {
    if (escapes && sql[at] === '\\') at += 1
    else if (sql[at] === quote) return at + 1
  }
  return sql.length
}

function comment(sql: string, from: number): number {
  let depth = 0
  for (let at = from; at < sql.length; at += 1) {
    const pair = sql.slice(at, at + 2)
    if (pair === '/*') depth += 1
    if (pair === '*/') depth -= 1
    if (pair === '/*' || pair === '*/') at += 1
    if (depth === 0) return at + 1
  }
  return sql.length
}
