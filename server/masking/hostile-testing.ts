import type { JsonObject } from '../types'

/** Numbers that are the same for the same seed (mulberry32). */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

type Draw = { number(below: number): number; letters(length: number): string; digits(length: number): string }

function drawing(seed: number): Draw {
  const next = seededNumbers(seed)
  const number = (below: number) => Math.floor(next() * below)
  const from = (chars: string) => (length: number) => {
    let out = ''
    for (let i = 0; i < length; i += 1) out += chars[number(chars.length)]
    return out
  }
  return { number, letters: from('abcdefghijklmnopqrstuvwxyz'), digits: from('0123456789') }
}

/** Pieces until there are `size` characters. */
function repeated(size: number, piece: (i: number) => string, joint = ''): string {
  const parts: string[] = []
  for (let length = 0, i = 0; length < size; i += 1) {
    const part = piece(i)
    parts.push(part)
    length += part.length + joint.length
  }
  return parts.join(joint)
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Texts that cost most to look into, `size` characters each: what a target sends that means to hold the gateway up. */
export const hostileTexts: Record<string, (size: number, draw: Draw) => string> = {
  'labels, short': (size, d) => repeated(size, () => `ssn: ${d.letters(3)}\n`),
  'labels with values of their own': (size, d) => repeated(size, () => `ssn: ${d.letters(8)}${d.digits(4)}\n`),
  'labels with short values': (size, d) => repeated(size, () => `ssn: ${d.letters(5)}\n`),
  'labels with numbers': (size, d) => repeated(size, () => `ssn: ${d.digits(9)}\n`),
  'labels in one line': (size, d) => repeated(size, () => `ssn=${d.letters(4)} `),
  'labels in one line, colons': (size, d) => repeated(size, () => `ssn: ${d.letters(4)}, `),
  'labels in one line, spaces': (size, d) => repeated(size, () => `ssn: ${d.letters(4)}  `),
  'labels without values': (size) => repeated(size, () => 'ssn:\n'),
  'labels without values, in a line': (size) => repeated(size, () => 'ssn:'),
  'labels in braces': (size, d) => repeated(size, () => `{ssn: ${d.letters(3)}`),
  'labels and a quote that does not end': (size) => repeated(size, () => 'ssn="'),
  'labels and single quotes': (size) => repeated(size, () => "ssn='' "),
  'labels and backslashes': (size) => repeated(size, () => 'ssn\\\\\\\\:\\"'),
  'labels and commas': (size) => repeated(size, () => `ssn: ${'a,'.repeat(40)}\n`),
  'labels and commas and letters': (size) => repeated(size, () => `ssn: ${',aaaaaaaa'.repeat(40)}\n`),
  'labels and spaces': (size) => repeated(size, () => `ssn: ${'a  '.repeat(40)}\n`),
  'a label and braces': (size) => `{ssn: ${'a, b '.repeat(size / 5)}`,
  'labels and brackets': (size) => repeated(size, () => 'ssn=('),
  'labels and brackets and quotes': (size) => repeated(size, () => `ssn=['`),
  'a name again': (size) => repeated(size, () => 'ssn '),
  'a name again and dashes': (size) => repeated(size, () => 'ssn - '),
  'a name again and commas': (size) => repeated(size, () => 'ssn,'),
  'a name again in lines': (size) => repeated(size, () => 'ssn\n'),
  'a name again, deeper': (size) => repeated(size, (i) => `${' '.repeat(i % 100)}ssn:\n`),
  'a name and spaces': (size) => repeated(size, () => `ssn${' '.repeat(39)}`),
  'a name with parents': (size) => repeated(size, () => 'email: x\n'),
  'names with a gap': (size) => repeated(size, () => 's-s_n card_number '),
  between: (size) => repeated(size, () => 'ssn between 1 and 2 '),
  'in a list': (size) => repeated(size, () => 'ssn in (1,2) '),
  'lists of values': (size) => repeated(size, () => '(ssn) values (1),'),
  'lists that do not end': (size) => repeated(size, () => '(ssn, '),
  'lists and values': (size) => `(${repeated(size / 2, () => 'ssn,')}x) values ${repeated(size / 2, () => '(1),')}`,
  'keys of errors': (size) => repeated(size, () => 'Key (ssn)=(1) '),
  'errors with rows': (size) => repeated(size, () => 'failing row contains ('),
  'errors with quotes': (size) => repeated(size, () => "duplicate entry '"),
  'errors with copies': (size) => repeated(size, () => 'COPY a, line 1: "x'),
  'table, name in the first cell, pipes': (size, d) => repeated(size, () => `| ssn | ${d.letters(3)} |\n`),
  'table, name in the first cell, of three': (size, d) =>
    repeated(size, () => `ssn | ${d.letters(2)} | ${d.letters(2)}\n`),
  'table, name in the first cell, commas': (size, d) => repeated(size, () => `ssn,${d.letters(3)}\n`),
  'table, name in the first cell, tabs': (size, d) => repeated(size, () => `ssn\t${d.letters(2)}\t${d.letters(2)}\n`),
  'table, name in the first cell, below another heading': (size, d) =>
    `a,b\n${repeated(size, () => `ssn,${d.letters(2)}\n`)}`,
  'table about fields, name in the first cell': (size, d) =>
    `field | value\n${repeated(size, () => `ssn | ${d.letters(3)}\n`)}`,
  'table about many fields': (size) =>
    `| ${repeated(size / 2, () => 'name | value | ')}\n| ${repeated(size / 2, () => 'ssn | ')}`,
  'table below a heading': (size, d) => `id,ssn\n${repeated(size, () => `1,${d.letters(5)}\n`)}`,
  'table of numbers below a heading': (size, d) => `id,ssn\n${repeated(size, () => `1,${d.digits(9)}\n`)}`,
  'table, wide': (size, d) => `${repeated(size / 4, () => 'ssn,')}\n${repeated(size, () => `${d.letters(1)},`)}`,
  'table, wide with short rows': (size) => `${repeated(90_000, () => 'ssn,')}\n${repeated(size, () => 'a,b\n')}`,
  'table, wide pipes with short rows': (size) => `${repeated(90_000, () => 'ssn|')}\n${repeated(size, () => 'a|b\n')}`,
  'table, aligned': (size) => `${repeated(90_000, () => 'ssn  ')}\n${repeated(size, () => 'a\n')}`,
  'table, aligned in one word': (size) =>
    `${repeated(2000, () => 'ssn  ')}\n${repeated(size, () => `${'a'.repeat(4000)}\n`)}`,
  'table with gaps': (size) => `id | ssn\n${repeated(size, () => '1 | a\n\n')}`,
  'table with rules': (size) => `id | ssn\n${repeated(size, () => '---+---\n')}`,
  'table with quotes that do not end': (size) => `id,ssn\n${repeated(size, () => '1,"a\n')}`,
  'table with long quotes': (size) => `id,ssn\n${repeated(size, () => `1,"${'""'.repeat(40)}\n`)}`,
  'headings of one name': (size) => repeated(size, () => 'ssn\n\n'),
  'headings of two': (size) => repeated(size, () => 'id,ssn\n\n\n'),
  'headings of TOON': (size) => repeated(size, () => 'a[1]{ssn}:\n'),
  'headings of TOON that do not end': (size) => repeated(size, () => 'a[1]{ssn,\n'),
  'headings of a dump': (size) => repeated(size, () => 'COPY c (ssn) FROM stdin;\n1\n'),
  'lines of spaces with a name': (size) => repeated(size, () => `${' '.repeat(60)}ssn${' '.repeat(60)}\n`),
  'one line of spaces': (size) => `ssn:${' '.repeat(size)}x`,
  'a name and a line of spaces': (size) => repeated(size, () => `ssn:${' '.repeat(500)}\n`),
  elements: (size, d) => repeated(size, () => `<ssn>${d.letters(2)}</ssn>`),
  'elements that do not end': (size) => repeated(size, () => '<ssn>'),
  'elements that end otherwise': (size) => repeated(size, () => '<ssn></a>'),
  'elements beside': (size) => repeated(size, () => '<b>ssn</b><i></i>'),
  attributes: (size) => repeated(size, () => '<a name="ssn" value="1">'),
  'attributes that do not end': (size) => repeated(size, () => '<a name="ssn'),
  'attributes in quotes': (size) => repeated(size, () => '="ssn'),
  'attributes in an element': (size) => repeated(size, () => `<a ${'ssn="ssn'.repeat(36)}`),
  'elements that hold elements': (size) => repeated(size, () => `${'<f name="ssn">'.repeat(280)}ssn</f>`),
  'a heading of one name, long': (size) => `\nssn${'_'.repeat(size)}#\n`,
  'headings of one name, long': (size) => repeated(size, () => `\nssn${'_'.repeat(5000)}#\n`),
  'headings of many words': (size) => repeated(size, () => `ssn,${'a '.repeat(2000)}b\n\n`),
  'attributes with spaces': (size) => repeated(size, () => `<a ${' '.repeat(200)} name="ssn" `),
  'held by elements': (size) => repeated(size, () => '<f name="ssn">'),
  'html cells': (size) => repeated(size, () => '<tr><td>ssn<td>1'),
  'html headings': (size) => repeated(size, () => '<th>ssn'),
  'html wide': (size) =>
    `<tr>${repeated(size / 2, () => '<th colspan=64>ssn')}<tr>${repeated(size / 2, () => '<td>1')}`,
  'html tall': (size) => `<tr><th rowspan=2>ssn${repeated(size, () => '<tr><td>1<td>2')}`,
  'html tags that do not end': (size) => repeated(size, () => '<td ssn'),
  'objects, small': (size, d) => repeated(size, () => `{"ssn":"${d.letters(2)}"}\n`),
  'objects, small, without hits': (size) => repeated(size, () => '{"a":1}\n'),
  'objects, small, with a duplicate key': (size) => repeated(size, () => '{"a":1,"a":2}\n'),
  'objects of a list': (size, d) => `[${repeated(size, () => `{"ssn":"${d.letters(6)}"}`, ',')}]`,
  'objects of a list, all different keys': (size, d) => `[${repeated(size, () => `{"${d.letters(6)}":1}`, ',')}]`,
  'objects that name fields': (size, d) => `[${repeated(size, () => `{"name":"ssn","value":"${d.letters(5)}"}`, ',')}]`,
  'objects with columns': (size) => `[${repeated(size, () => `{"columns":["ssn"],"rows":[["a"]]}`, ',')}]`,
  pairs: (size, d) => `[${repeated(size, () => `["ssn","${d.letters(5)}"]`, ',')}]`,
  'rows below columns': (size, d) => `{"columns":["ssn"],"rows":[${repeated(size, () => `["${d.letters(5)}"]`, ',')}]}`,
  'columns of columns': (size) => `{"columns":["a","ssn"],"rows":[${repeated(size, () => '[1,[2,[3,4]]]', ',')}]}`,
  'keys of a field, nested': (size) => repeated(size, () => `${'{"email":'.repeat(900)}1${'}'.repeat(900)}`, '\n'),
  'keys of a field, below many': (size) =>
    `${'{"a":'.repeat(900)}[${repeated(size - 6400, () => '{"email":1}', ',')}]${'}'.repeat(900)}`,
  'rows longer than their columns': (size) => `{"columns":["ssn"],"rows":[[${repeated(size, () => '1', ',')}]]}`,
  'lists of a table': (size) =>
    `{"columns":[${'"ssn",'.repeat(2000)}"a"],"x":[${repeated(size, () => `[${'[1],'.repeat(2000)}[1]]`, ',')}]}`,
  'html tall and wide': (size) =>
    `<tr>${'<th rowspan=2>ssn'.repeat(64)}${repeated(size, () => `<tr>${'<td>1'.repeat(10)}`)}`,
  'numbers under a field': (size, d) => `[${repeated(size, () => `{"ssn":${1 + d.number(999_999)}}`, ',')}]`,
  numbers: (size, d) => `[${repeated(size, () => `${1 + d.number(9_999_999)}`, ',')}]`,
  'numbers that are exact': (size, d) => `[${repeated(size, () => `1${d.digits(20)}`, ',')}]`,
  'lines in a list': (size, d) => JSON.stringify(Array.from({ length: size / 16 }, () => `ssn: ${d.letters(6)}`)),
  'lines in lists of two': (size) => `[${repeated(size, () => '["ssn:","abc"]', ',')}]`,
  brackets: (size) => '['.repeat(size),
  'brackets and quotes': (size) => '["'.repeat(size / 2),
  'braces and quotes': (size) => '{"'.repeat(size / 2),
  'brackets, apart': (size) => repeated(size, () => '[1 '),
  'brackets, closed, no JSON': (size) => repeated(size, () => '[1 2 3]'),
  'brackets, nested, no JSON': (size) => repeated(size, () => `${'['.repeat(20)}1 ${']'.repeat(20)}`),
  'brackets, nested deeply, no JSON': (size) => repeated(size, () => `${'['.repeat(900)}1 ${']'.repeat(900)}`),
  'braces, long, no JSON': (size) => repeated(size, () => `{"a":"${'x'.repeat(4000)}",}`),
  'JSON, deep': (size) => repeated(size, () => `${'['.repeat(450)}1${']'.repeat(450)}`, '\n'),
  'JSON in text in text': (size) => {
    let text = JSON.stringify(Array.from({ length: size / 200 }, () => ({ ssn: 'abcd' })))
    for (let next = text; next.length < size; next = JSON.stringify({ a: text })) text = next
    return text
  },
  'JSON in strings': (size) => JSON.stringify(Array.from({ length: size / 30 }, () => '{"ssn":"abcde"}')),
  'JSON in strings, deep': (size) => {
    let inner = '{"ssn":"abcde"}'
    for (let i = 0; i < 6; i += 1) inner = JSON.stringify({ a: inner })
    return JSON.stringify(Array.from({ length: Math.ceil(size / (inner.length * 2)) }, () => inner))
  },
  'JSON in prose in strings': (size) => JSON.stringify(Array.from({ length: size / 40 }, () => 'x {"ssn":"abcde"} y')),
  base64: (size, d) => repeated(size, () => `${base64(d.letters(12))} `),
  'base64, long': (size, d) => base64(d.letters(size * 0.75)),
  'base64 of labels': (size, d) => repeated(size, () => `${base64(`ssn: ${d.letters(8)}`)} `),
  'base64 in base64': (size) => {
    let text = 'ssn: abcdefgh'.repeat(10)
    while (text.length < size / 1.4) text = base64(text)
    return text
  },
  'base64 in base64, in lines': (size) => {
    let text = 'ssn: abcdefgh'
    for (let i = 0; i < 8; i += 1) text = base64(text)
    return repeated(size, () => `${text}\n`)
  },
  'base64 with slashes': (size, d) => repeated(size, () => `${base64(d.letters(12))}/`),
  'base64 with dashes, not readable': (size, d) => repeated(size, () => `${d.letters(16)}-`),
  'base64, no text at its end': (size, d) => repeated(size, () => `${base64(`${d.letters(30)}\u0001`)} `),
  hex: (size, d) => repeated(size, () => `${Buffer.from(d.letters(10)).toString('hex')} `),
  'hex, long': (size, d) => Buffer.from(d.letters(size / 2)).toString('hex'),
  'letters in one word': (size, d) => d.letters(size),
  'words of sixteen letters': (size, d) => repeated(size, () => `${d.letters(16)} `),
  'digits in one word': (size, d) => d.digits(size),
  'digits and spaces': (size, d) => repeated(size, () => `${d.digits(4)} `),
  'digits, one each': (size) => '4 '.repeat(size / 2),
  'digits, six each': (size, d) => repeated(size, () => `4${d.digits(5)} `),
  'digits, groups of cards': (size, d) => repeated(size, () => `4${d.digits(3)} ${d.digits(6)} ${d.digits(5)} `),
  'digits, thirteen': (size, d) => repeated(size, () => `4${d.digits(12)} `),
  cards: (size) => '4111111111111111 '.repeat(size / 17),
  ibans: (size) => 'DE89370400440532013000 '.repeat(size / 23),
  'ibans that are none': (size, d) => repeated(size, () => `DE${d.digits(20)} `),
  'ibans, short': (size) => 'DE89 '.repeat(size / 5),
  emails: (size, d) => repeated(size, () => `${d.letters(2)}@${d.letters(2)}.de `),
  'emails in one word': (size) => 'a@b.cc'.repeat(size / 6),
  'at signs': (size) => '@'.repeat(size),
  'at signs and quotes': (size) => '"@'.repeat(size / 2),
  'at signs and dots': (size) => '@.'.repeat(size / 2),
  'at signs and brackets': (size) => '@['.repeat(size / 2),
  'a domain of dots': (size) => `a@${'1.'.repeat(size / 2)}`,
  'a domain of short labels': (size) => `${'a@1.2.3.4.5.6.7.8.9 '.repeat(size / 20)}`,
  tokens: (size) => 'eyJhbGciOiJIUzI1NiJ9.eyJ9.a '.repeat(size / 28),
  'tokens, no end': (size) => 'eyJ.'.repeat(size / 4),
  'tokens in one word': (size) => 'eyJeyA'.repeat(size / 6),
  'tokens of dots': (size) => `eyJ${'.'.repeat(size)}`,
  'keys, begun': (size) => '-----BEGIN PRIVATE KEY-----\n'.repeat(size / 28),
  'keys, dashes': (size) => '-'.repeat(size),
  'keys, BEGIN': (size) => '----BEGIN A A A A A A A '.repeat(size / 24),
  'keys, bodies': (size) => 'MII'.repeat(size / 3),
  'keys, bodies in lines': (size) => `${'MIIE'.repeat(14)}\n`.repeat(size / 57),
  'keys, bodies and spaces': (size) => `MIIE${' '.repeat(16)}`.repeat(size / 20),
  'keys, bodies and backslashes': (size) => 'MIIE\\\\\\\\\\\\\\\\'.repeat(size / 12),
  'keys of AWS': (size) => 'AKIAIOSFODNN7EXAMPLE '.repeat(size / 21),
  'keys of AWS in one word': (size) => 'AKIA'.repeat(size / 4),
  'secrets of AWS': (size) => `aws ${'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY '.repeat(size / 41)}`,
  percent: (size) => '%41'.repeat(size / 3),
  'percent of percent': (size) => '%252525252541'.repeat(size / 13),
  'percent signs': (size) => '%'.repeat(size),
  'percent, long': (size) => '%F0%9F%98%80'.repeat(size / 12),
  ampersands: (size) => '&amp;amp;amp;lt;'.repeat(size / 16),
  'ampersands, numbers': (size) => '&#x41;&#65;'.repeat(size / 11),
  'ampersands, none': (size) => '&abcdef'.repeat(size / 7),
  backslashes: (size) => '\\'.repeat(size),
  'backslashes and n': (size) => '\\n'.repeat(size / 2),
  'backslashes and u': (size) => '\\u0041'.repeat(size / 6),
  'backslashes, braces': (size) => '\\u{41}'.repeat(size / 6),
  'zero-width': (size) => 'a\u200b'.repeat(size / 2),
  'letters that grow': (size) => '\ufdfa'.repeat(size),
  'letters that grow, a label': (size) => 'ssn: \ufdfa\n'.repeat(size / 7),
  'letters of other scripts': (size) => 'é'.repeat(size),
  'letters of other scripts, all': (size) => {
    const points: number[] = []
    for (let p = 0x80; p < 0xd800; p += 1) points.push(p)
    return repeated(size, (i) => String.fromCodePoint(points[i % points.length]!))
  },
  'letters beyond': (size, d) => repeated(size, () => String.fromCodePoint(0x20000 + d.number(0x20000))),
  'combining marks': (size) => `e${'\u0301'.repeat(size)}`,
  'combining marks, each': (size) => 'e\u0301'.repeat(size / 2),
  'combining marks, out of order': (size) => `a${'\u0301\u0323'.repeat(size / 2)}`,
  jamo: (size) => '\u1100\u1161\u11a8'.repeat(size / 3),
  'full width labels': (size) => '\uff53\uff53\uff4e\uff1a\uff11\n'.repeat(size / 6),
  'hidden again and again': (size, d) =>
    `${repeated(size / 2, () => `ssn: ${d.letters(3)}x\n`)}${repeated(size / 2, () => `${d.letters(3)}x `)}`,
  'hidden, alike': (size, d) =>
    `${repeated(size / 2, (i) => `ssn: aaaaaaaa${'b'.repeat(i % 200)}${d.letters(3)}\n`)}${'a'.repeat(size / 2)}`,
  'hidden, alike, many lengths': (size) =>
    `${repeated(size / 2, (i) => `ssn: aaaa${'a'.repeat(i % 4000)}b\n`)}${'a'.repeat(size / 2)}`,
  'hidden numbers, alike': (size) =>
    `${repeated(size / 2, (i) => `ssn: 1111111${String(i).padStart(6, '1')}\n`)}${'1111 '.repeat(size / 10)}`,
  'yaml blocks': (size, d) => repeated(size, () => `ssn:\n  ${d.letters(5)}\n`),
  'yaml folded': (size, d) => repeated(size, () => `ssn: >\n  ${d.letters(5)}\n  ${d.letters(5)}\n`),
  'yaml, names in lists': (size) => repeated(size, () => '- ssn:\n'),
  'yaml, one block': (size, d) => `ssn: |\n${repeated(size, () => `  ssn: ${d.letters(5)}\n`)}`,
  'yaml, empty lines': (size) => repeated(size, () => 'ssn:\n\n\n\n'),
  'yaml, empty lines to the end': (size) => `${'ssn:\n'.repeat(size / 10)}${'\n'.repeat(size / 2)}`,
  'yaml, plain over lines': (size, d) => repeated(size, () => `ssn: a\n  ${d.letters(2)}\n`),
  'yaml, plain over empty lines': (size) => repeated(size, () => 'ssn: a\n\n\n\n'),
  'yaml, deeper and deeper': (size) => repeated(size, (i) => `${' '.repeat(i % 190)}ssn: a\n`),
  'labels and an empty line': (size, d) => repeated(size, () => `ssn:\n\n${d.letters(3)}\n`),
  'labels and lines of spaces': (size) => repeated(size, () => `ssn:\n${`${' '.repeat(190)}\n`.repeat(4)}`),
  'headings and an empty line': (size, d) => repeated(size, () => `# ssn\n\n${d.letters(3)}\n`),
  'fences that do not end': (size) => repeated(size, () => 'ssn:\n```\n'),
  phrases: (size) => repeated(size, () => `ssn=${'a b '.repeat(20)}\n`),
  'phrases, short': (size) => repeated(size, () => 'ssn=a b '),
  'phrases and almost labels': (size) => repeated(size, () => `ssn=${`${'a'.repeat(40)} `.repeat(20)}\n`),
  'phrases and almost SQL': (size) => repeated(size, () => `ssn=${'and a '.repeat(12)}\n`),
  prose: (size, d) => repeated(size, () => `${d.letters(1 + d.number(9))} `),
}

const answer = (result: JsonObject): JsonObject => ({ jsonrpc: '2.0', id: 1, result })

/** Where a text can stand: as a block of content, as data, in a blob. */
export const hostileCarriers: Record<string, (text: string) => JsonObject> = {
  content: (text) => answer({ content: [{ type: 'text', text }] }),
  blob: (text) => answer({ contents: [{ uri: 'a://b', blob: base64(text) }] }),
  'many blocks': (text) => answer({ content: pieces(text, 64).map((piece) => ({ type: 'text', text: piece })) }),
  'many values': (text) =>
    answer({ content: [], structuredContent: { rows: pieces(text, 20).map((v) => ({ v, ssn: v })) } }),
  keys: (text) => answer({ content: [], structuredContent: Object.fromEntries(pieces(text, 30).map((k) => [k, 1])) }),
  uri: (uri) => answer({ content: [{ type: 'resource_link', uri, name: 'a' }] }),
}

function pieces(text: string, length: number): string[] {
  const found: string[] = []
  for (let i = 0; i < text.length; i += length) found.push(text.slice(i, i + length))
  return found
}

/** One hostile message of about `size` characters. */
export const messageOf = (shape: string, carrier: string, size: number, seed: number): JsonObject =>
  hostileCarriers[carrier]!(hostileTexts[shape]!(size, drawing(seed)).slice(0, size))
