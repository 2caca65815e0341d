import fc from 'fast-check'

/** JSON text with what is wrong, odd or different to two readers put in: keys twice, escapes, numbers, depth, bytes cut off. */
export const hostileJson = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc
    .tuple(
      value.map((one) => JSON.stringify(one)),
      fc.array(fc.tuple(twist, fc.nat()), { maxLength: 3 }),
    )
    .map(([text, twists]) => twists.reduce((so, [one, where]) => one(so, where), text))

type Twist = (text: string, where: number) => string

const insert = (what: string): Twist => {
  return (text, where) => {
    const at = where % (text.length + 1)
    return text.slice(0, at) + what + text.slice(at)
  }
}

/** At a place of its own kind, such as before some value or at the start of some object. */
const inPlace =
  (before: RegExp, what: string): Twist =>
  (text, where) => {
    const found = [...text.matchAll(before)]
    const at = found.length === 0 ? undefined : found[where % found.length]
    return at === undefined ? text : text.slice(0, at.index + at[0].length) + what + text.slice(at.index + at[0].length)
  }

const objectStart = /\{(?=")/g
const valueStart = /[:,[](?=["{[\d])/g

const oddKeys = [
  ...['"__proto__":{"x":1},', '"\\u005f_proto__":1,', '"constructor":{"prototype":{}},', '"toString":1,', '"":0,'],
  ...['"id":1,', '"method":"ping",', '"jsonrpc":"2.0",', '"params":{},', '"name":"ok_other",', '"\\u006eame":"ok_x",'],
  ...['"_meta":{},', '"result":{},', '"arguments":{"n":1},', '"uri":"file:///x",', '"\\ud800":1,', '"a\\u0000b":1,'],
]
const oddValues = [
  ...['null', 'true', '-0', '1e400', '1e-400', '9007199254740993', '0.1000000000000000055', '1E+2', '-1.50'],
  ...['"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\u202e\\u200b"', '[]', '{}', '[[]]', '""', '"../../x"', '"\\/"'],
]
const noise = [
  ...['\0', '\ufeff', '\u2028', '\ud800', '\x1b[31m', '\r', '\n', '\t', '{', '}', '[', ']', '"', '\\', ',', ':', '//'],
  ...['NaN', 'Infinity', "'", '/* */', ' '.repeat(50), '\\u00', 'true', '-', '.5', '0x1', '[1,]', '\u00a0', '0'],
]

const twist: fc.Arbitrary<Twist> = fc.oneof(
  fc.constantFrom(...oddKeys).map((key) => inPlace(objectStart, key)),
  fc.constantFrom(...oddKeys).map((key) => inPlace(objectStart, key)),
  fc.constantFrom(...oddValues).map((value) => replaceValue(value)),
  fc.constantFrom(...noise).map(insert),
  fc.constant<Twist>((text, where) => text.slice(0, where % (text.length + 1))),
  fc.constant<Twist>((text) => `[${text}]`),
  fc.constant<Twist>((text) => `${text}${text}`),
  fc.constant<Twist>((text) => text.replace(/[a-z]/g, (char) => (char === 'e' ? '\\u0065' : char))),
  fc.integer({ min: 1, max: 3000 }).map((deep) => inPlaceDeep(deep)),
  fc.integer({ min: 20, max: 3000 }).map((long) => replaceValue(`1.${'0'.repeat(long)}1`)),
  fc.integer({ min: 1, max: 5000 }).map((long) => replaceValue(`"${'\\"'.repeat(long)}"`)),
)

function replaceValue(value: string): Twist {
  return (text, where) => {
    const found = [...text.matchAll(/(?<=[:,[])("(?:[^"\\]|\\.)*"|-?\d+)(?=[,}\]])/g)]
    const at = found.length === 0 ? undefined : found[where % found.length]
    return at === undefined ? text : text.slice(0, at.index) + value + text.slice(at.index + at[0].length)
  }
}

const inPlaceDeep =
  (deep: number): Twist =>
  (text, where) => {
    const value = where % 2 === 0 ? '['.repeat(deep) + ']'.repeat(deep) : `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`
    return inPlace(valueStart, `${value},`)(text, where)
  }

/** Bytes as they come off a line: cut anywhere, within characters too. */
export const cuts = (bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] => {
  const pieces: Uint8Array[] = []
  for (let at = 0, n = 0; at < bytes.length; n += 1) {
    const size = Math.max(1, sizes[n % Math.max(sizes.length, 1)] ?? bytes.length)
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}
