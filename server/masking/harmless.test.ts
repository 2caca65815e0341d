import { describe, expect, test } from 'vitest'
import type { Json, JsonObject, Mask } from '../types'
import { clean, compileMasks, fulfil, parseReply, printReply } from './fulfil'

const mask: Mask = {
  id: 'fields',
  connections: ['*'],
  resources: ['*'],
  fields: ['ssn', 'password', 'token', 'email'],
  detectors: ['email', 'credit_card', 'iban', 'jwt', 'private_key', 'aws_key'],
  style: 'redact',
  except: [],
}
const masker = compileMasks([mask], new Uint8Array(32).fill(7), [])

const reply = (text: string, data: Json = {}): JsonObject => ({
  jsonrpc: '2.0',
  id: 1,
  result: { content: [{ type: 'text', text }], structuredContent: data },
})

function masked(message: JsonObject): JsonObject {
  const answer = fulfil(message, masker)
  if ('failed' in answer) throw new Error(answer.failed)
  return answer.message
}

const passes = (texts: string[]) =>
  test.each(texts)('%j', (text) => {
    const message = reply(text)
    expect(masked(message)).toEqual(message)
  })

const hides = (cases: [said: string, want: string][]) =>
  test.each(cases)('%j', (said, want) => {
    expect(masked(reply(said))).toEqual(reply(want))
  })

describe('what nobody means by a mask stays as it is', () => {
  passes([
    'git clone git@github.com:acme/shop.git; pip install git+ssh://git@gitlab.example.com:2222/acme/shop.git',
    'icon@2x.png, logo@1.5x.webp, inter@400.woff2, core@7.26.0.tgz, @scope/pkg@1.2.3, postgres@[local]',
    'IMEI 356938035640136, EAN 5901234123457, http_requests_total{code="400"} 3 1395066363000',
    'from 52.94.133.131 - 4434 by c-385855184318 113d3a99c3da',
    'aws: /srv/build/src/payments/Windows/README/A and aws/com/acme/secrets/SecretLoaderTester',
    `export TOKEN=\${TOKEN}\npassword: \${{ secrets.DB }}\ntoken: "{{ .Values.token }}"`,
    'password = (sensitive value)\ntoken = (known after apply)',
    "PASSWORD:  <set to the key 'pw' in secret 'db'>  Optional: false",
    'email: string | null\ntoken: String!\npassword: Optional[str] = None\nssn: varchar(11),',
    'curl -H "Authorization: Bearer <token>" https://api.example.com/users/<ssn>/orders\nand see what it says',
    "getpass(prompt='Password: ', stream=None)\nsays 'who asks'",
    'required: [id, email]\nproperties: [a, b]\nothers: [c, d]',
    '| Option | Default | Description |\n|---|---|---|\n| `token` | none | What the API takes |',
    'Column | Type | Collation | Nullable | Default\n ssn | text | | not null | \n',
  ])
})

describe('a setting or a field of a type heads no table', () => {
  hides([
    ['Token:      abc\nNamespace:  shop\nPriority:   0', 'Token:      [masked]\nNamespace:  shop\nPriority:   0'],
    [
      '  password  = "x1"\n  name      = "shop"\n  engine    = "pg"',
      '  password  = "[masked]"\n  name      = "shop"\n  engine    = "pg"',
    ],
  ])
  hides([['account, password = pair\nfirst, second\n', 'account, password = [masked]\nfirst, second\n']])
  hides([
    ['```\nid,ssn\n1,x-1\n```\n', '```\nid,ssn\n1,[masked]\n```\n'],
    ['ssn\n```\nx', 'ssn\n```\n[masked]'],
  ])
  passes(['type User struct {\n  Email   string `json:"email"`\n  City    string `json:"city"`\n}'])
})

test('a schema in a reply says what a field is', () => {
  const schema = {
    properties: { ssn: { type: 'string' }, password: { type: 'string', maxLength: 80 } },
    required: ['ssn'],
  }
  const { result } = masked(reply(JSON.stringify(schema), { type: 'string', ssn: { type: 'secret' } })) as {
    result: { content: { text: string }[]; structuredContent: Json }
  }
  expect(JSON.parse(result.content[0]!.text)).toEqual({
    ...schema,
    properties: { ssn: { type: 'string' }, password: { type: 'string', maxLength: 0 } },
  })
  expect(result.structuredContent).toEqual({ type: 'string', ssn: { type: '[masked]' } })
})

test('the name of a field is not hidden elsewhere because some value is called so', () => {
  const env = { name: 'password', valueFrom: { key: 'token', from: 'db-prod' } }
  expect(masked(reply('the password and the token are in db-prod', env))).toEqual(
    reply('the password and the token are in [masked]', {
      name: 'password',
      valueFrom: { key: '[masked]', from: '[masked]' },
    }),
  )
})

// Layouts that a printer of JSON would not choose, and numbers that it would print otherwise.
const exact = [
  '{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":{"a":1.0,"big":12345678901234567890123,"e":1E+5}}}',
  `{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":${JSON.stringify('{ "a" : 1.50,\n\t"n":[ 1,2 ] }')}}]}}`,
]
test.each(exact)('what holds nothing to hide passes byte for byte, beside other things as it was said: %s', (line) => {
  expect(clean(line, masker)).toBe(true)
  const message = parseReply(line)
  expect(masked(message)).toEqual(message)
  const other = { type: 'text', text: 'to alice@example.com' }
  const { result } = message as { result: { content: Json[]; structuredContent: Json } }
  const beside = masked({ ...message, result: { ...result, content: [...result.content, other] } })
  expect(beside).toEqual({
    ...message,
    result: { ...result, content: [...result.content, { type: 'text', text: 'to [masked]' }] },
  })
  expect(printReply(beside)).toContain(JSON.stringify(result.content).slice(1, -1))
})
