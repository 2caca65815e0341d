import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject, Mask, MaskStyle } from '../types'
import { clean, compileMasks, fulfil, type Masker, parseReply, printReply } from './fulfil'

const runs = Number(process.env.MASKING_RUNS ?? 400)
const key = new Uint8Array(32).fill(3)
const styles: MaskStyle[] = ['null', 'redact', 'hash', 'partial']

const maskerOf = (style: MaskStyle): Masker => {
  const mask: Mask = {
    id: 'all',
    connections: ['*'],
    resources: ['*'],
    fields: ['ssn', 'card_number', 'customers.email'],
    detectors: ['email', 'credit_card', 'iban', 'jwt', 'private_key', 'aws_key'],
    style,
    except: [],
  }
  return compileMasks([mask], key, ['Bearer tok-5up3r-s3cret/value+1'])
}
const maskers = Object.fromEntries(styles.map((style) => [style, maskerOf(style)])) as Record<MaskStyle, Masker>

const digits = (length: number) => fc.stringMatching(new RegExp(`^[1-9][0-9]{${length - 1}}$`))
const letters = (min: number, max: number) => fc.stringMatching(new RegExp(`^[a-z]{${min},${max}}$`))
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const base64url = (text: string): string => Buffer.from(text).toString('base64url')

function luhn(prefix: string): string {
  for (let check = 0; check < 10; check += 1) {
    const number = prefix + check
    const sum = [...number]
      .reverse()
      .reduce((so, digit, i) => so + (i % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(digit)]! : Number(digit)), 0)
    if (sum % 10 === 0) return number
  }
  throw new Error('unreachable')
}

function germanIban(account: string): string {
  const check = 98n - (BigInt(`${account}131400`) % 97n)
  return `DE${String(check).padStart(2, '0')}${account}`
}

/** A value that only a field's name tells. */
const fieldValue = fc.oneof(
  fc.tuple(digits(3), digits(2), digits(4)).map((parts) => parts.join('-')),
  fc.tuple(letters(4, 9), letters(4, 9)).map(([a, b]) => `${a}q ${b}`),
  fc.tuple(letters(8, 12), digits(3)).map((parts) => parts.join('')),
)

/** A value that a detector tells. */
const ownValue = fc.oneof(
  fc.tuple(letters(3, 8), digits(3), letters(4, 9)).map(([name, n, domain]) => `${name}.${n}@${domain}.example`),
  digits(14).map((number) => luhn(`4${number}`)),
  digits(18).map(germanIban),
  fc
    .tuple(letters(5, 9), letters(20, 30))
    .map(([who, sign]) => `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url(`{"sub":"${who}"}`)}.${sign}`),
  letters(60, 64).map((body) => `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----`),
  fc.stringMatching(/^AKIA[A-Z2-7]{16}$/),
  fc.constant('tok-5up3r-s3cret/value+1'),
)

const unicode = (text: string): string =>
  text.replace(/[^\n]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
const fullWidth = (text: string): string =>
  text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0))
const zeroWidth = (text: string): string => [...text].join('\u200b')
const percent = (text: string): string =>
  text.replace(/[^A-Za-z0-9]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
const entities = (text: string): string => text.replace(/[^A-Za-z0-9]/g, (char) => `&#${char.charCodeAt(0)};`)

/** How a value can be said again: as it is, or in another form. */
const spoken: ((value: string) => string)[] = [
  (value) => value,
  (value) => `It was ${value}, they said.`,
  (value) => `(${value})`,
  (value) => base64(`x ${value} y`),
  (value) => base64url(`{"v":"${value.replace(/\n/g, '\\n')}"}`),
  (value) => Buffer.from(`is ${value}`).toString('hex'),
  (value) => `see https://a.example/?q=${encodeURIComponent(value)}&x=1`,
  (value) => JSON.stringify({ note: `about ${value}` }),
  (value) => JSON.stringify({ note: JSON.stringify([value]) }, null, 2),
  (value) => `Result: ${JSON.stringify({ a: [value] })} end`,
  (value) => `{"note":"${unicode(value)}"}`,
  (value) => `log: ${unicode(value)}`,
  zeroWidth,
  fullWidth,
  percent,
  entities,
]

/** How a field's value stands under its name in text. */
const labelled: ((value: string) => string)[] = [
  (value) => `name: Eve\nssn: ${value}\n`,
  (value) => `SSN = '${value}'`,
  (value) => JSON.stringify({ rows: [{ id: 1, ssn: value }] }),
  (value) => JSON.stringify([{ SSN: value }], null, 2),
  (value) => JSON.stringify({ body: JSON.stringify({ ssn: value }) }),
  (value) => base64(JSON.stringify({ ssn: value })),
  (value) => `id,ssn,name\n1,"${value}",Eve\n`,
  (value) => `| id | ssn |\n|----|-----|\n| 1 | ${value} |\n`,
  (value) => `<row><ssn>${value}</ssn></row>`,
  (value) => `{"ssn": "${value}", "cut": tr`,
]

/** How a field's value stands under its name in data. */
const keyed: ((value: string) => Json)[] = [
  (value) => ({ ssn: value }),
  (value) => ({ Card_Number: [value] }),
  (value) => ({ customers: [{ id: 1, email: value }] }),
  (value) => ({ ssn: { raw: value, [value]: 1 } }),
  (value) => ({ columns: ['id', 'ssn'], rows: [[1, value]] }),
  (value) => ({ fields: [{ name: 'ssn', value }] }),
  (value) => ({ payload: JSON.stringify({ ssn: value }) }),
]

type Carrier = (said: string, data: Json) => JsonObject
const answer = (result: JsonObject): JsonObject => ({ jsonrpc: '2.0', id: 1, result })
const carriers: Carrier[] = [
  (said, data) => answer({ content: [{ type: 'text', text: said }], structuredContent: { data } }),
  (said, data) =>
    answer({
      content: [
        { type: 'text', text: JSON.stringify(data, null, 2) },
        { type: 'text', text: said },
      ],
    }),
  (said, data) =>
    answer({ content: [{ type: 'resource', resource: { uri: 'a://b', text: said } }], _meta: { 'x/y': data } }),
  (said, data) => answer({ contents: [{ uri: 'a://b', blob: base64(said) }], extra: data }),
  (said, data) =>
    answer({
      content: [{ type: 'resource_link', uri: `a://${encodeURIComponent(said)}`, name: said, description: said }],
      structuredContent: { data },
    }),
  (said, data) =>
    answer({ messages: [{ role: 'user', content: { type: 'text', text: said } }], description: said, _meta: { data } }),
  (said, data) => ({ jsonrpc: '2.0', id: 1, error: { code: -1, message: said, data } }),
  (said, data) => ({
    jsonrpc: '2.0',
    method: 'notifications/progress',
    params: { progressToken: 1, progress: 1, message: said, _meta: { data } },
  }),
  (said, data) => ({
    jsonrpc: '2.0',
    method: 'notifications/message',
    params: { level: 'info', data: { said, data } },
  }),
  (said, data) =>
    answer({
      taskId: 't',
      status: 'completed',
      statusMessage: said,
      result: { content: [], structuredContent: { data, said } },
    }),
  (said, data) =>
    answer({
      resultType: 'input_required',
      inputRequests: { a: { method: 'elicitation/create', params: { message: said, _meta: { data } } } },
    }),
]

const ordinary = fc.jsonValue({ maxDepth: 3, noUnicodeString: false }) as fc.Arbitrary<Json>

/** One message with a field's value in some shape, that value said again, a detector's value said somewhere, and noise. */
const seeded = fc
  .record({
    field: fieldValue,
    own: ownValue,
    keyedBy: fc.nat(keyed.length - 1),
    labelledBy: fc.nat(labelled.length - 1),
    fieldSpoken: fc.nat(spoken.length - 1),
    ownSpoken: fc.nat(spoken.length - 1),
    carrier: fc.nat(carriers.length - 1),
    inText: fc.boolean(),
    ownInText: fc.boolean(),
    noise: ordinary,
    joint: fc.constantFrom('\n', ' ', '\n\n', '; '),
  })
  .map((plan) => {
    const again = spoken[plan.fieldSpoken]!(plan.field)
    const own = spoken[plan.ownSpoken]!(plan.own)
    const said = [
      ...(plan.inText ? [labelled[plan.labelledBy]!(plan.field)] : []),
      again,
      ...(plan.ownInText ? [own] : []),
    ].join(plan.joint)
    const data = {
      noise: plan.noise,
      ...(plan.inText ? {} : { field: keyed[plan.keyedBy]!(plan.field) }),
      ...(plan.ownInText ? {} : { own, [own]: [own] }),
    }
    return { message: carriers[plan.carrier]!(said, data), secrets: [plan.field, plan.own] }
  })

/** Everything a patient reader could get out of a text, by its own simple means. */
function readings(text: string, depth = 0, found = new Set<string>()): Set<string> {
  if (found.has(text) || depth > 5) return found
  found.add(text)
  const further = (next: string) => readings(next, depth + 1, found)
  try {
    const strings: string[] = []
    JSON.parse(text, function (this: unknown, name: string, value: unknown) {
      strings.push(name, ...(typeof value === 'string' || typeof value === 'number' ? [String(value)] : []))
      return value
    })
    strings.forEach(further)
  } catch {}
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{12,}/g)) {
    further(Buffer.from(run, 'base64').toString('latin1'))
    if (/^[0-9a-f]+$/.test(run)) further(Buffer.from(run, 'hex').toString('latin1'))
  }
  further(text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))))
  further(text.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))))
  further(text.replace(/\\n/g, '\n').replace(/\\(["\\/])/g, '$1'))
  further(text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))))
  further(text.replace(/[\u200b-\u200f\ufeff\u00ad]/g, '').normalize('NFKC'))
  return found
}

function leaks(printed: string, secret: string): string | null {
  const compact = secret.replace(/[^A-Za-z0-9]/g, '').toLowerCase()
  for (const reading of readings(printed)) {
    if (reading.includes(secret)) return reading
    if (/\d{8}/.test(compact) && reading.replace(/[ .-]/g, '').toLowerCase().includes(compact)) return reading
  }
  return null
}

describe.each(styles)('whatever the shape of the reply, with the style %s', (style) => {
  test('no seeded secret is in the bytes sent', () => {
    fc.assert(
      fc.property(seeded, ({ message, secrets }) => {
        const raw = JSON.stringify(message)
        const fulfilled = fulfil(parseReply(raw), maskers[style])
        if ('failed' in fulfilled) throw new Error(fulfilled.failed)
        const printed = printReply(fulfilled.message)
        for (const secret of secrets) expect(leaks(printed, secret)).toBeNull()
        expect(clean(raw, maskers[style])).toBe(false)
      }),
      { numRuns: runs },
    )
  })
})

const typeOf = (value: Json): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

/** The types of all values, without the keys' names. */
const types = (value: Json): Json =>
  Array.isArray(value)
    ? value.map(types)
    : typeof value === 'object' && value !== null
      ? Object.values(value).map(types)
      : typeOf(value)

describe.each(['redact', 'hash', 'partial'] as const)('with the style %s', (style) => {
  test('types and lengths of structured content stay', () => {
    const data = fc.dictionary(
      fc.constantFrom('ssn', 'a', 'customers', 'email', 'x'),
      ordinary,
    ) as fc.Arbitrary<JsonObject>
    fc.assert(
      fc.property(data, (structuredContent) => {
        const fulfilled = fulfil(answer({ content: [], structuredContent }), maskers[style])
        const { result } = (fulfilled as { message: JsonObject }).message as { result: JsonObject }
        expect(types(result.structuredContent!)).toEqual(types(structuredContent))
      }),
      { numRuns: runs },
    )
  })
})

test('what is proved clean is not changed by masking', () => {
  fc.assert(
    fc.property(ordinary, fc.string({ unit: 'grapheme' }), (data, text) => {
      const raw = JSON.stringify(answer({ content: [{ type: 'text', text }], structuredContent: { a: data } }))
      if (!clean(raw, maskers.redact)) return
      const fulfilled = fulfil(parseReply(raw), maskers.redact)
      expect('message' in fulfilled && printReply(fulfilled.message)).toBe(raw)
    }),
    { numRuns: runs },
  )
})
