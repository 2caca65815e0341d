import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { documentArb } from './arbitrary.testing'
import { checkDocument, parsePolicy, policyJsonSchema } from './document'
import { masksOf, printPolicy, storedPolicy } from './print'

const rule = (lines: string) => `roles:\n  - name: r\n    rules:\n      - ${lines.split('\n').join('\n        ')}\n`
const problemsOf = (text: string, format: 'yaml' | 'json' = 'yaml') => {
  const read = parsePolicy(text, format)
  return read.ok ? [] : read.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

describe('promise 1: what is not understood is refused, with line and column', () => {
  const cases: [what: string, text: string, want: string][] = [
    ['unknown key', 'roles: []\ncolour: red', '2:1 unknown key `colour`'],
    ['unknown key of a role', 'roles:\n  - name: r\n    colour: red', '3:5 unknown key `colour`'],
    ['unknown key of a rule', rule('id: a\neffect: allow\nresource: [x]'), '6:9 unknown key `resource`'],
    ['a key that every object inherits', 'roles:\n  - name: r\n    constructor: x', '3:5 unknown key `constructor`'],
    ['the key __proto__', '{"__proto__": {"roles": []}}', '1:2 unknown key `__proto__`'],
    ['unknown effect', rule('id: a\neffect: alow'), '5:17 `alow` is not one of `allow`, `review`, `deny`'],
    ['missing effect', rule('id: a'), '4:9 nothing is not one of `allow`, `review`, `deny`'],
    [
      'unknown style',
      'masks: [{ id: m, style: blur }]',
      '1:25 `blur` is not one of `null`, `redact`, `hash`, `partial`',
    ],
    [
      'unknown detector',
      'masks: [{ id: m, detectors: [ssn] }]',
      '1:30 `ssn` is not one of `email`, `credit_card`, `iban`, `jwt`, `private_key`, `aws_key`',
    ],
    [
      'unknown action',
      rule('id: a\neffect: allow\nactions: [tool/call]'),
      '6:19 `tool/call` is no action: use `tools/call`, `resources/read`, `prompts/get`, or a method of an extension',
    ],
    ...['tools/*x', 'task/get', 'tasks/get', 'notifications/x', 'acme/', '*/x', 'acme'].map(
      (method): [string, string, string] => [
        `no action: ${method}`,
        rule(`id: a\neffect: allow\nactions: ["${method}"]`),
        `6:19 \`${method}\` is no action: use \`tools/call\`, \`resources/read\`, \`prompts/get\`, or a method of an extension`,
      ],
    ),
    ['a rule without anything it is about', rule('id: a\neffect: allow\nresources: []'), '6:20 must not be empty'],
    [
      'two rules of one id',
      rule('id: a\neffect: allow\n').replace(/\s+$/, '\n      - { id: a, effect: deny }'),
      '6:15 there are two rules `a`',
    ],
    ['two roles of one name', 'roles: [{ name: r }, { name: r }]', '1:30 there are two roles `r`'],
    ['two masks of one id', 'masks: [{ id: m }, { id: m }]', '1:26 there are two masks `m`'],
    [
      'a review rule without settings',
      rule('id: a\neffect: review'),
      '4:9 a review rule needs `review:` with its approvers, and no other rule has it',
    ],
    [
      'an allow rule with review settings',
      rule('id: a\neffect: allow\nreview: { approvers: [everyone] }'),
      '6:17 a review rule needs `review:` with its approvers, and no other rule has it',
    ],
    [
      'a review that nobody may answer',
      rule('id: a\neffect: review\nreview: { approvers: [] }'),
      '6:30 must not be empty',
    ],
    ['an unknown role in except', 'masks: [{ id: m, except: [nobody] }]', '1:27 there is no role `nobody`'],
    [
      'a member that is neither',
      'roles: [{ name: r, members: [all] }]',
      '1:30 a member is the word `everyone`, or has `claim` and `value`',
    ],
    ['a member with a wrong key', 'roles: [{ name: r, members: [{ claim: a, valu: b }] }]', '1:42 unknown key `valu`'],
    [
      'a value that is no text',
      'roles: [{ name: r, members: [{ claim: a, value: 12 }] }]',
      '1:49 `12` is not a text; put it in quotes',
    ],
    [
      'a name with a blank',
      'roles: [{ name: a b }]',
      '1:17 use letters, digits, `.`, `_` and `-`, beginning with a letter or digit, at most 64',
    ],
    ['not a document', '[]', '1:1 `[]` is not keys and values'],
    ['nothing', '', '1:1 the policy is empty'],
    ['only a comment', '# later', '1:1 the policy is empty'],
    ['a duplicate key', 'roles: []\nroles: []', '2:1 this key stands twice'],
    ['a tag', 'roles: !!js/function x', '1:8 unresolved tag: tag:yaml.org,2002:js/function'],
    ['an alias', 'roles: &a [*a]', '1:12 a policy has no aliases: write it out'],
    ['two documents', 'roles: []\n---\nroles: []', '2:1 a policy is one document'],
    [
      'a condition that is not complete',
      rule('id: a\neffect: allow\nwhen: args.n > 1 &&'),
      '6:28 the condition is not complete',
    ],
    [
      'a condition of an unknown name',
      rule('id: a\neffect: deny\nwhen: "true || who.id == 1"'),
      '6:24 unknown variable: who',
    ],
    [
      'a condition in a block',
      rule('id: a\neffect: deny\nwhen: |\n  true ||\n    who.id == 1'),
      '8:13 unknown variable: who',
    ],
    [
      'a condition that is no truth',
      rule('id: a\neffect: deny\nwhen: size(args)'),
      '6:15 the condition is an int, not true or false',
    ],
    [
      'a pattern that is not RE2',
      rule('id: a\neffect: deny\nwhen: args.s.matches("(a")'),
      '6:30 the pattern is not RE2: error parsing regexp: missing closing ): `(a`',
    ],
    [
      'too many loops',
      rule('id: a\neffect: deny\nwhen: args.l.all(x, args.l.all(y, args.l.all(z, true)))'),
      '6:43 more than 2 of all, exists, map, filter inside each other',
    ],
    [
      'an allow rule that trusts the client',
      rule('id: a\neffect: allow\nwhen: client.name == "x"'),
      '6:15 an allow rule must not read `client`: a caller gets in by naming another client',
    ],
  ]
  test.each(cases)('%s', (_, text, want) => expect(problemsOf(text)).toContain(want))

  test('the same for JSON', () => {
    expect(problemsOf('{"roles": [{"name": "r", "colour": 1}]}', 'json')).toEqual(['1:26 unknown key `colour`'])
    expect(problemsOf('{"roles": [], "r\\u006fles": []}', 'json')).toEqual(['1:15 this key stands twice'])
    expect(problemsOf('{\n\t"roles": [\n\t\t{ "name": "r" }\n\t]\n}', 'json')).toEqual([])
    expect(problemsOf('roles: []', 'json')).toEqual(['1:1 this is YAML, not JSON'])
  })

  test('every problem is told at once, in the order of the text', () => {
    const lines = problemsOf('roles:\n  - name: r\n    a: 1\n    b: 2\nmasks:\n  - id: m\n    style: x').map(
      (text) => text.split(':')[0],
    )
    expect(lines).toEqual(['3', '4', '7'])
  })
})

test('what a file leaves out is filled in', () => {
  const read = parsePolicy(
    `${rule('id: a\neffect: review\nreview: { approvers: [everyone] }')}masks: [{ id: m, style: null }]`,
  )
  expect(read).toEqual({
    ok: true,
    document: {
      roles: [
        {
          name: 'r',
          description: '',
          members: [],
          rules: [
            {
              id: 'a',
              effect: 'review',
              connections: ['*'],
              actions: ['tools/call', 'resources/read', 'prompts/get'],
              resources: ['*'],
              when: null,
              review: {
                approvers: ['everyone'],
                approvals: 1,
                scope: 'call',
                maxMinutes: 60,
                expiresMinutes: 60,
                reason: 'optional',
              },
            },
          ],
        },
      ],
      masks: [{ id: 'm', connections: ['*'], resources: ['*'], fields: [], detectors: [], style: 'null', except: [] }],
    },
  })
})

test('export equals import, and the same document always prints the same text', () => {
  fc.assert(
    fc.property(documentArb, (document) => {
      const known = { ...document, masks: document.masks.map((mask) => ({ ...mask, except: [] })) }
      const text = printPolicy(known)
      expect(parsePolicy(text)).toEqual({ ok: true, document: known })
      expect(printPolicy(JSON.parse(JSON.stringify(known)))).toBe(text)
      expect(parsePolicy(JSON.stringify(known), 'json')).toEqual({ ok: true, document: known })
      expect(parsePolicy(storedPolicy(known))).toEqual({ ok: true, document: known })
      for (const form of [text, storedPolicy(known)]) expect(masksOf(form)).toEqual(known.masks)
    }),
    { numRuns: 200, seed: 1 },
  )
})

test.each(['yes', 'null', '1e3', '#x', '- a', "it's", 'a: b', ' x', '~', '0x1F', 'line\nbreak', '*', '&a', 'é\u2028'])(
  'any text survives printing: %j',
  (text) => {
    const document = {
      roles: [{ name: 'r', description: text, members: [{ claim: text, value: text }], rules: [] }],
      masks: [],
    }
    expect(parsePolicy(printPolicy(document))).toEqual({ ok: true, document })
  },
)

test('the seeded policy of local mode reads', () => {
  const read = parsePolicy(readFileSync(new URL('../local/policy.yaml', import.meta.url), 'utf8'))
  expect(read.ok).toBe(true)
})

test('a form is checked as a file is', () => {
  expect(checkDocument({ roles: [{ name: 'r', rules: [{ id: 'a', effect: 'alow' }] }] })).toMatchObject({
    ok: false,
    problems: [{ path: 'roles.0.rules.0.effect', line: null, column: null, severity: 'error' }],
  })
  expect(checkDocument(null).ok).toBe(false)
})

test('editors get a JSON Schema that accepts what the parser accepts', () => {
  const schema = policyJsonSchema()
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false })
  const reader = z.fromJSONSchema(schema as never)
  const accepts = (value: unknown) => reader.safeParse(value).success
  expect(accepts({ roles: [{ name: 'r', rules: [{ id: 'a', effect: 'allow', resources: ['x'] }] }] })).toBe(true)
  expect(accepts({ masks: [{ id: 'm', style: null }] })).toBe(true)
  expect(accepts({ masks: [{ id: 'm', style: 'blur' }] })).toBe(false)
  expect(accepts({ roles: [{ name: 'r', rules: [{ id: 'a', effect: 'alow' }] }] })).toBe(false)
  expect(accepts({ colour: 'red' })).toBe(false)
})
