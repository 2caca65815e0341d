import { describe, expect, test } from 'vitest'
import type { Json, JsonObject, Mask, MaskStyle } from '../types'
import { type Chip, compileMasks, fulfil, type MaskOptions, printReply } from './fulfil'

const key = new Uint8Array(32).fill(7)
const mask = (style: MaskStyle, fields = ['ssn', 'card_number', 'customers.email'], id = 'pii'): Mask => ({
  id,
  connections: ['*'],
  resources: ['*'],
  fields,
  detectors: ['email', 'credit_card', 'iban', 'jwt', 'private_key', 'aws_key'],
  style,
  except: [],
})
const fieldsOnly = (style: MaskStyle, fields: string[], id = 'fields'): Mask => ({
  ...mask(style, fields, id),
  detectors: [],
})

function masked(
  message: JsonObject,
  masks: Mask[] = [mask('redact')],
  options: MaskOptions = {},
  credentials: string[] = [],
) {
  const before = JSON.stringify(message)
  const answer = fulfil(message, compileMasks(masks, key, credentials, { ...options, chips: true }))
  expect(JSON.stringify(message)).toBe(before)
  if ('failed' in answer) throw new Error(answer.failed)
  return answer
}

const result = (content: JsonObject): JsonObject => ({ jsonrpc: '2.0', id: 1, result: content })
const text = (said: string): JsonObject => result({ content: [{ type: 'text', text: said }] })
const base64 = (said: string): string => Buffer.from(said).toString('base64')
const said = (message: JsonObject): string =>
  (message as { result: { content: { text: string }[] } }).result.content[0]!.text

const ssn = '123-45-6789'
const email = 'alice@example.com'
const card = '4111 1111 1111 1111'
const iban = 'DE89 3704 0044 0532 0130 00'
const jwt = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from('{"sub":"alice"}').toString('base64url')}.c2lnbmF0dXJl`
const pem = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----'
const aws = 'AKIAIOSFODNN7EXAMPLE'

describe('no carrier brings a masked value to the caller', () => {
  const carriers: [carrier: string, message: JsonObject, secret: string][] = [
    ['text content', text(`mail ${email} today`), email],
    ['structured content, by field', result({ content: [], structuredContent: { rows: [{ ssn }] } }), ssn],
    [
      'the text copy of structured content',
      result({ content: [{ type: 'text', text: `It is ${ssn}.` }], structuredContent: { ssn } }),
      ssn,
    ],
    [
      'structured content hidden by its text copy',
      result({ content: [{ type: 'text', text: `ssn: ${ssn}` }], structuredContent: { note: `was ${ssn}` } }),
      ssn,
    ],
    ['JSON in text', text(JSON.stringify({ customer: { ssn } })), ssn],
    ['JSON in JSON in text', text(JSON.stringify({ body: JSON.stringify({ ssn }) })), ssn],
    ['lines of JSON', text(`{"ssn":"${ssn}"}\n{"ssn":"${ssn}"}`), ssn],
    ['JSON after words', text(`Result: {"ssn": "${ssn}", "n": 1} (1 row)`), ssn],
    ['a fenced block', text(`Here:\n\`\`\`json\n[{"ssn": "${ssn}"}]\n\`\`\``), ssn],
    ['JSON that was cut', text(`[{"id": 1, "ssn": "${ssn}", "na`), ssn],
    ['a Python dictionary', text(`[{'id': 1, 'ssn': '${ssn}'}]`), ssn],
    [
      'an embedded resource, text',
      result({ content: [{ type: 'resource', resource: { uri: 'a://b', text: `x ${email}` } }] }),
      email,
    ],
    [
      'an embedded resource, blob',
      result({ contents: [{ uri: 'a://b', blob: base64(`ssn,name\n${ssn},Bob\n`) }] }),
      ssn,
    ],
    [
      'a blob in UTF-16',
      result({ contents: [{ uri: 'a://b', blob: Buffer.from(`\ufeffmail ${email}`, 'utf16le').toString('base64') }] }),
      email,
    ],
    [
      'a blob in UTF-16, the other way round',
      result({
        contents: [{ uri: 'a://b', blob: Buffer.from(`\ufeffmail ${email}`, 'utf16le').swap16().toString('base64') }],
      }),
      email,
    ],
    [
      'a blob in UTF-16 without a mark',
      result({ contents: [{ uri: 'a://b', blob: Buffer.from(`mail ${email}`, 'utf16le').toString('base64') }] }),
      email,
    ],
    [
      'a binary blob',
      result({
        contents: [
          {
            uri: 'a://b',
            blob: Buffer.concat([Buffer.alloc(64), Buffer.from(email), Buffer.alloc(9)]).toString('base64'),
          },
        ],
      }),
      email,
    ],
    [
      'a link to a resource',
      result({ content: [{ type: 'resource_link', uri: `crm://c/${email}`, name: email, title: email }] }),
      email,
    ],
    [
      "a parameter of a link's address",
      result({ content: [{ type: 'resource_link', uri: `crm://find?a=1&ssn=${ssn}#top`, name: 'a' }] }),
      ssn,
    ],
    [
      'an address with escapes',
      result({ content: [{ type: 'resource_link', uri: 'crm://c/alice%40example.com', name: 'a' }] }),
      'alice%40example',
    ],
    [
      'a prompt',
      result({ description: email, messages: [{ role: 'user', content: { type: 'text', text: email } }] }),
      email,
    ],
    ["an error's message", { jsonrpc: '2.0', id: 1, error: { code: -1, message: `no such user ${email}` } }, email],
    ["an error's data", { jsonrpc: '2.0', id: 1, error: { code: -1, message: 'no', data: { row: { ssn } } } }, ssn],
    [
      'a progress notification',
      {
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken: 1, progress: 1, message: 'at row 6789' },
      },
      '6789',
    ],
    [
      'a log notification',
      { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: { half: '123-45' } } },
      '123-45',
    ],
    ['the status of a task', result({ taskId: 't', status: 'working', statusMessage: `reading ${email}` }), email],
    [
      'the result in a task',
      result({ taskId: 't', status: 'completed', result: { content: [], structuredContent: { ssn } } }),
      ssn,
    ],
    [
      'a task notification',
      {
        jsonrpc: '2.0',
        method: 'notifications/tasks',
        params: { taskId: 't', result: { content: [{ type: 'text', text: email }] } },
      },
      email,
    ],
    [
      'a question to the user',
      result({
        resultType: 'input_required',
        inputRequests: { a: { method: 'elicitation/create', params: { message: `are you ${email}?` } } },
      }),
      email,
    ],
    [
      'a default in a form',
      {
        jsonrpc: '2.0',
        id: 's',
        method: 'elicitation/create',
        params: {
          message: 'ok?',
          requestedSchema: { type: 'object', properties: { ssn: { type: 'string', default: ssn } } },
        },
      },
      ssn,
    ],
    [
      'a request for sampling',
      {
        jsonrpc: '2.0',
        id: 's',
        method: 'sampling/createMessage',
        params: { messages: [{ role: 'user', content: { type: 'text', text: email } }], systemPrompt: email },
      },
      email,
    ],
    ['metadata', result({ content: [], _meta: { 'x/y': { ssn, by: email } } }), ssn],
    ['a completion', result({ completion: { values: [email, 'b'] } }), email],
    ['an unknown key of a result', result({ extra: { deep: [email] } }), email],
    ['a mime type that is none', result({ content: [{ type: 'text', text: 'a', mimeType: email }] }), email],
    ['a key', result({ content: [], structuredContent: { byMail: { [email]: 1 } } }), email],
    ['a key that another carrier hides', result({ content: [], structuredContent: { ssn, bySsn: { [ssn]: 1 } } }), ssn],
    ['a requestState', result({ resultType: 'input_required', requestState: `s ${email}` }), email],
    ['instructions', result({ protocolVersion: '2025-11-25', capabilities: {}, instructions: `ask ${email}` }), email],
    [
      'a tool description',
      result({ tools: [{ name: 't', description: `ask ${email}`, inputSchema: { type: 'object' } }] }),
      email,
    ],
  ]
  test.each(carriers)('%s', (_carrier, message, secret) => {
    const answer = masked(message)
    expect(JSON.stringify(answer.message)).not.toContain(secret)
    for (const [, blob] of JSON.stringify(answer.message).matchAll(/"blob":"([^"]*)"/g)) {
      expect(Buffer.from(blob!, 'base64').toString('latin1')).not.toContain(secret)
      expect(Buffer.from(blob!, 'base64').toString('utf16le')).not.toContain(secret)
      expect(Buffer.from(blob!, 'base64').toString('latin1').replaceAll('\0', '')).not.toContain(secret)
    }
  })
})

describe('a masked field hides its value in text', () => {
  const forms: [form: string, said: string, secret: string, kept: string][] = [
    ['a label', `name: Bob\nssn: ${ssn}\ncity: Rome`, ssn, 'city: Rome'],
    ['two labels in a line', `ssn: ${ssn}, name: Bob`, ssn, 'name: Bob'],
    ['a bold label', `**SSN:** ${ssn}\nname: Bob`, ssn, 'Bob'],
    ['words between', `Their SSN is ${ssn}.`, ssn, 'Their SSN is'],
    ['an assignment', `ssn=${ssn} name=Bob`, ssn, 'name=Bob'],
    ['a query', `https://a.example/?ssn=${ssn}&page=2`, ssn, '&page=2'],
    ['SQL, quoted', `where ssn = '${ssn}' and id = 1`, ssn, 'and id = 1'],
    ['SQL, like', `where ssn like '${ssn}%'`, ssn, 'where ssn like'],
    ['SQL, in', `where ssn in ('${ssn}', '5') order by id`, ssn, 'order by id'],
    ['SQL, between', "where ssn between '111' and '999' limit 5", '999', 'limit 5'],
    ['SQL, insert', `insert into c (id, ssn) values (1, '${ssn}'), (2, '5') returning id`, ssn, 'returning id'],
    ["PostgreSQL's detail", `DETAIL:  Key (tenant, ssn)=(7, ${ssn}) already exists.`, ssn, 'already exists'],
    ['an element', `<c><ssn type="a">${ssn}</ssn><name>Bob</name></c>`, ssn, '<name>Bob</name>'],
    ['an attribute', `<c ssn="${ssn}" name="Bob"/>`, ssn, 'name="Bob"'],
    ['escaped quotes', `log: {\\"ssn\\": \\"${ssn}\\", \\"n\\": 1}`, ssn, '\\"n\\": 1'],
    ['an escaped key', `{"x": {"\\u0073sn": "${ssn}"}, "n": 1`, ssn, '"n": 1'],
    ['a block of YAML', `customer:\n  ssn:\n    - ${ssn}\n    - 5\n  name: Bob`, ssn, 'name: Bob'],
    ['a folded block of YAML', `ssn: |\n  ${ssn}\nname: Bob`, ssn, 'name: Bob'],
    ['CSV', `id,ssn,name\n1,${ssn},Bob\n2,,Eve`, ssn, 'Bob\n2,,Eve'],
    ['CSV with quotes', `id,"ssn",name\n1,"12\n3-45-6789","Bob, B"`, '3-45-6789', '"Bob, B"'],
    ['a record that begins with a name', `name | Bob\nssn | ${ssn}\ncity | Rome`, ssn, 'name | Bob'],
    ['tabs', `id\tssn\tname\n1\t${ssn}\tBob`, ssn, 'Bob'],
    ['a Markdown table', `| id | SSN | name |\n|---|---|---|\n| 1 | ${ssn} | Bob |\n\nDone.`, ssn, '| Bob |\n\nDone.'],
    ['a table of psql', ` id |     ssn     \n----+-------------\n  1 | ${ssn}\n(1 row)`, ssn, '(1 row)'],
    ['a table of psql with an empty first cell', ` id | ssn \n----+-----\n    | ${ssn}\n  2 | \n`, ssn, '  2 |'],
    [
      'a table of fields and values',
      `| field | value |\n|---|---|\n| name | Bob |\n| ssn | ${ssn} |\n| city | Rome |`,
      ssn,
      '| city | Rome |',
    ],
    [
      'a table of fields in HTML',
      `<tr><th>Field</th><th>Value</th></tr><tr><td>ssn</td><td>${ssn}</td></tr><tr><td>city</td><td>Rome</td></tr>`,
      ssn,
      '<td>city</td><td>Rome</td>',
    ],
    ['a record of psql', `-[ RECORD 1 ]\nid  | 1\nssn | ${ssn}\nname | Bob`, ssn, 'id  | 1'],
    ['aligned columns', `ID   SSN          NAME\n1    ${ssn}  Bob\n22   ${ssn}  Eve`, ssn, 'Eve'],
    ['a dash', `- SSN - ${ssn}\n- City - Rome`, ssn, 'City - Rome'],
    ['dots', `SSN........: ${ssn}\nCity.......: Rome`, ssn, 'Rome'],
    ['a full-width colon', `SSN\uff1a${ssn}`, ssn, 'SSN'],
    ['a zero-width character in the label', `s\u200bsn: ${ssn}`, ssn, ': '],
    ['a path', `/customers/ssn/${ssn} is gone`, ssn, '/customers/ssn/'],
    [
      'Go, Ruby, Rust, Java',
      `{ID:1 SSN:${ssn} B:2} {:ssn=>"${ssn}"} C { ssn: Some("${ssn}") } C(id=1, ssn=${ssn})`,
      ssn,
      'id=1',
    ],
    ['a comment and a comma too many', `// rows\n{"ssn": "${ssn}", /* x */ "n": 1,}`, ssn, '"n": 1'],
    ['three quotes', `ssn = """\n${ssn}\n"""\nx = 1`, ssn, 'x = 1'],
    ['MySQL, duplicate', `Duplicate entry '${ssn}' for key 'customers.uniq'`, ssn, "for key 'customers.uniq'"],
    ['PostgreSQL, failing row', `DETAIL:  Failing row contains (1, ${ssn}, (a, b)).`, ssn, 'Failing row contains ('],
    ['attributes', `<input name="ssn" value="${ssn}"><input name="city" value="Rome">`, ssn, 'Rome'],
    ['attributes the other way', `<field value='${ssn}' name='ssn'/><field value='Rome' name='city'/>`, ssn, 'Rome'],
    [
      'columns below a heading of two',
      `<tr><th colspan="2">Who</th><th>SSN</th></tr><tr><td>Bob</td><td>Rome</td><td>${ssn}</td></tr>`,
      ssn,
      '<td>Bob</td><td>Rome</td>',
    ],
    [
      'a heading of two columns',
      `<tr><th>City</th><th colspan=2>SSN</th></tr><tr><td>Rome</td><td>old</td><td>${ssn}</td></tr>`,
      ssn,
      '<td>Rome</td>',
    ],
    [
      'a row that a cell above reaches into',
      `<tr><th>City</th><th>SSN</th><th>Who</th></tr><tr><td rowspan="2">Rome</td><td>1</td><td>Bob</td></tr><tr><td>${ssn}</td><td>Eve</td></tr>`,
      ssn,
      'Rome',
    ],
    ['an element with a label', `<dt>SSN</dt><dd>${ssn}</dd><dt>City</dt><dd>Rome</dd>`, ssn, '<dd>Rome</dd>'],
    ['a bold element', `<b>SSN</b>: <span>${ssn}</span><i>Rome</i>`, ssn, 'Rome'],
    [
      'a table of HTML',
      `<table><tr><th>SSN</th><th>City</th></tr><tr><td>${ssn}</td><td>Rome</td></tr></table>`,
      ssn,
      '<td>Rome</td>',
    ],
    [
      'a record of HTML',
      `<table><tr><th>SSN</th><td>${ssn}</td></tr><tr><th>City</th><td>Rome</td></tr></table>`,
      ssn,
      '<td>Rome</td>',
    ],
    ['CSV with empty lines', `id,ssn\n1,5\n\n2,${ssn}\n`, ssn, 'id,ssn'],
    ['CSV with a comma too many', `ssn,name\n12,${ssn},Bob`, ssn, 'Bob'],
    ['CSV after words', `Export of today\nid,ssn\n1,${ssn}`, ssn, 'Export of today'],
    [
      'a table of lines',
      `┌────┬─────┐\n│ id │ ssn │\n├────┼─────┤\n│ 1  │ ${ssn} │\n└────┴─────┘`,
      ssn,
      '└────┴─────┘',
    ],
    ['TOON', `customers[2]{id,ssn,city}:\n  1,${ssn},Rome\n  2,${ssn},Oslo`, ssn, 'Oslo'],
    ['a heading with a separator too many', `a,b,ssn,name\n1,x-1234,Bob`, 'x-1234', 'a,b,ssn,name'],
    ['a Markdown heading of too many', `| a | b | ssn |\n|---|---|---|\n| 1 | ${ssn} |`, ssn, '| a | b | ssn |'],
    ['CSV with an empty line in a value', `a,ssn\nx\n\ny,z,${ssn}`, ssn, 'a,ssn'],
    ['CSV with empty lines in a value', `a,ssn\nx\n\n\n\nb,${ssn}`, ssn, 'a,ssn'],
    ['Markdown with an empty line in a value', `| a | ssn |\n|---|---|\n| x |\n\n| ${ssn} |`, ssn, '| a | ssn |'],
    [
      'a table of fields across',
      `| Field | Bob | Eve |\n|---|---|---|\n| ssn | 5-1 | ${ssn} |\n| city | Rome | Oslo |`,
      ssn,
      '| city | Rome | Oslo |',
    ],
    ['a dump', `COPY public.c (id, ssn, name) FROM stdin;\n1\t${ssn}\tBob\n\\.`, ssn, '\tBob'],
    ['lines of JSON below their names', `["id","ssn"]\n[1,"x-1234"]\n[2,"y-1234"]`, 'y-1234', '[2,'],
    ['a field of mysqldump', `<field name="id">1</field><field name="ssn">x-1234</field>`, 'x-1234', '>1</field>'],
    ['an area to write in', `<textarea name="ssn">x-1234</textarea><i>Rome</i>`, 'x-1234', '<i>Rome</i>'],
    ['a class', `<b class="ssn">SSN</b><td class='ssn'>x-1234</td><td data-col=ssn>y-1234</td>`, '-1234', '>SSN<'],
    ['PHP', `a:2:{s:3:"ssn";s:6:"x-1234";s:4:"city";s:4:"Rome";}`, 'x-1234', 's:4:"Rome"'],
    ['arrows', `SSN → x-1234\nCity → Rome`, 'x-1234', 'City → Rome'],
    ['a number sign', `SSN#: x-1234\nSSN number: y-1234\nCity: Rome`, '-1234', 'City: Rome'],
    ['words and quotes', `ssn is 'x-1234' there`, 'x-1234', "' there"],
    ['MySQL, a wrong value', `Incorrect integer value: 'x-1234' for column 'ssn' at row 1`, 'x-1234', 'at row 1'],
    ['SQL Server', `The duplicate key value is (x-1234). In 'customers'.`, 'x-1234', "In 'customers'"],
    ['SQL Server, too long', `column 'ssn'. Truncated value: 'x-1234'.`, 'x-1234', "column 'ssn'"],
    [
      'PostgreSQL, copied',
      `CONTEXT:  COPY customers, line 1: "1,x-1234"`,
      'x-1234',
      'CONTEXT:  COPY customers, line 1',
    ],
    ['one column', `ssn\n${ssn}\n987-65-4320\n\nend`, '987-65-4320', 'end'],
  ]
  test.each(forms)('%s', (_form, plain, secret, kept) => {
    const shown = said(masked(text(plain), [fieldsOnly('redact', ['ssn'])]).message)
    expect(shown).not.toContain(secret)
    expect(shown).toContain(kept)
  })
})

describe('text about a masked field stays', () => {
  const texts = [
    'create table c (id int, ssn varchar(255), name text);',
    'interface C {\n  ssn: string;\n  name?: string\n}',
    'column_name,data_type\nid,integer\nssn,text\ncity,text\n',
    '| Column | Type |\n|---|---|\n| ssn | text |\n| city | text |',
    ' Column |  Type   \n--------+---------\n ssn    | text\n city   | text\n',
    'The table has the columns id, ssn and city.\nSee below.',
    'select id, ssn, city from customers where id = 5',
    'ssn: null, ssn: none',
  ]
  test.each(texts)('%j', (plain) => {
    expect(said(masked(text(plain), [fieldsOnly('redact', ['ssn'])]).message)).toBe(plain)
  })
})

describe('a masked field hides its value in data', () => {
  const shapes: [shape: string, data: JsonObject, secret: string][] = [
    ['other letters of the key', { SSN: ssn }, ssn],
    ['camel case', { cardNumber: 'x-1234' }, 'x-1234'],
    ['spaces', { 'Card Number': 'x-1234' }, 'x-1234'],
    ['an array', { ssn: ['1-2-3', '4-5-6'] }, '4-5-6'],
    ['an object', { ssn: { value: '1-2-3', '4-5-6': 'x' } }, '4-5-6'],
    ['a dotted path', { customers: [{ contact: { email: 'no-at-sign' } }] }, 'no-at-sign'],
    ['a flat key with the path', { 'customers.email': 'no-at-sign' }, 'no-at-sign'],
    ['a key with an alias', { 'c.ssn': 'x-1234' }, 'x-1234'],
    ['columns beside rows', { columns: ['id', 'ssn'], rows: [[1, 'x-1234']] }, 'x-1234'],
    ['fields beside data', { schema: { fields: [{ name: 'id' }, { name: 'ssn' }] }, data: [[1, 'x-1234']] }, 'x-1234'],
    ['columns above rows', { meta: { columns: ['ssn'] }, out: { rows: [['x-1234']] } }, 'x-1234'],
    [
      'a heading row',
      {
        table: [
          ['id', 'ssn'],
          [1, 'x-1234'],
        ],
      },
      'x-1234',
    ],
    ['a name and a value', { attributes: [{ name: 'ssn', value: 'x-1234' }] }, 'x-1234'],
    ['a value and a name', { attributes: [{ value: 'x-1234', name: 'ssn' }] }, 'x-1234'],
    ['a patch', { op: 'replace', path: '/customers/0/ssn', value: 'x-1234' }, 'x-1234'],
    ['a change', { field: 'ssn', from: 'x-1234', to: 'y' }, 'x-1234'],
    ['one row', { columns: ['id', 'ssn'], row: [1, 'x-1234'] }, 'x-1234'],
    ['rows before columns', { rows: [[1, 'x-1234']], columns: ['id', 'ssn'] }, 'x-1234'],
    ['rows with values', { fields: [{ name: 'id' }, { name: 'ssn' }], rows: [{ values: [1, 'x-1234'] }] }, 'x-1234'],
    [
      'rows of BigQuery',
      { schema: { fields: [{ name: 'id' }, { name: 'ssn' }] }, rows: [{ f: [{ v: 1 }, { v: 'x-1234' }] }] },
      'x-1234',
    ],
    ['cells by index', { columns: ['id', 'ssn'], rows: [{ 0: 1, 1: 'x-1234' }] }, 'x-1234'],
    ['columns by index', { columns: ['id', 'ssn'], data: { 0: [1], 1: ['x-1234'] } }, 'x-1234'],
    [
      'pairs',
      {
        pairs: [
          ['id', 'a'],
          ['ssn', 'abcd'],
        ],
      },
      'abcd',
    ],
    ['a pair', { pair: ['ssn', '1-2-34'] }, '1-2-34'],
    ['columns of values', { columns: ['id', 'ssn', 'city'], data: [[1], ['x-1234'], ['Rome']] }, 'x-1234'],
    [
      'longer columns of values',
      {
        columns: ['id', 'ssn'],
        data: [
          [1, 2, 3],
          ['x-1234', 'y', 'z'],
        ],
      },
      'x-1234',
    ],
    [
      'lists in a schema of Arrow',
      { schema: { fields: [{ name: 'id' }, { name: 'ssn' }] }, columns: [[1], ['x-1234']] },
      'x-1234',
    ],
    ['a path of parts', { issues: [{ path: ['customer', 'ssn'], received: 'x-1234' }] }, 'x-1234'],
    ['a field that is an object', { field: { id: 7, name: 'ssn' }, value: 'x-1234' }, 'x-1234'],
    ['a cell', { column: 'ssn', cell: 'x-1234' }, 'x-1234'],
    ['a value in a key', { 'ssn: x-1234': 1 }, 'x-1234'],
    ['a private key of JSON', { keys: [{ kty: 'EC', d: 'x-1234', x: 'public' }] }, 'x-1234'],
    ['a private key in lines', { lines: pem.split('\n') }, 'MIIE'],
    ['JSON in a value', { payload: '{"ssn":"x-1234"}' }, 'x-1234'],
    ['base64 in a value', { payload: base64('{"ssn":"x-1234"}') }, base64('"x-1234"').slice(0, 10)],
  ]
  test.each(shapes)('%s', (_shape, data, secret) => {
    expect(JSON.stringify(masked(result({ content: [], structuredContent: data })).message)).not.toContain(secret)
  })

  const kept: [what: string, data: JsonObject][] = [
    ['another key', { ssn_count: 5, lesson: 'x' }],
    ['the last part of a path elsewhere', { supplier: { email: 'no-at-sign' } }],
    ['the list of columns', { columns: ['id', 'ssn'] }],
    ['null', { ssn: null }],
    ['an empty text', { ssn: '' }],
  ]
  test.each(kept)('but not %s', (_what, data) => {
    const message = result({ content: [], structuredContent: data })
    expect(masked(message)).toMatchObject({ message, masked: 0 })
  })

  test('rows of a table that options name are below that table', () => {
    const message = result({ content: [], structuredContent: { rows: [{ email: 'no-at-sign' }] } })
    expect(masked(message, [mask('redact')], { tables: ['public.customers'] }).masked).toBe(1)
    expect(masked(message, [mask('redact')], { tables: ['public.orders'] }).masked).toBe(0)
  })
})

describe('detectors see through', () => {
  const disguises: [disguise: string, said: string, leak: RegExp][] = [
    ['dashes in a card number', card.replace(/ /g, '-'), /1111/],
    ['other spaces', '4111\u00a01111\u20091111\u00a01111', /1111/],
    [
      'zero-width characters',
      '4111\u200b1111\u200b1111\u200b1111 ali\u00adce@exam\u200dple.com',
      /1111|alice|ple\.com/,
    ],
    [
      'full-width digits',
      '\uff14\uff11\uff11\uff11 \uff11\uff11\uff11\uff11 \uff11\uff11\uff11\uff11 \uff11\uff11\uff11\uff11',
      /\uff11/,
    ],
    ['Arabic digits', [...'4111111111111111'].map((d) => String.fromCharCode(0x660 + Number(d))).join(''), /\u0661/],
    ['digits on keys', [...'4111111111111111'].map((d) => `${d}\ufe0f\u20e3`).join(''), /1\ufe0f/],
    ['mathematical letters', '\u{1d41a}\u{1d425}\u{1d422}\u{1d41c}\u{1d41e}@example.com', /example/],
    ['escapes of JSON', 'alice\\u0040example.com', /example/],
    ['escapes of JSON, twice', 'alice\\\\u0040example.com', /example/],
    ['percent-encoding', 'alice%40example.com', /example/],
    ['percent-encoding, twice', 'alice%2540example.com', /example/],
    ['HTML', 'alice&#64;example&period;com alice&commat;example.com', /example/],
    ['base64', `token ${base64(`my mail is ${email}.`)} end`, new RegExp(base64(`my mail is ${email}.`).slice(12, 30))],
    [
      'base64 without padding',
      base64(`hi ${email}`).replace(/=+$/, ''),
      new RegExp(base64(`hi ${email}`).slice(6, 20)),
    ],
    ['hexadecimal', `\\x${Buffer.from(`hi ${email}`).toString('hex')}`, /616c696365/],
    ['newlines that are escaped', pem.replace(/\n/g, '\\n'), /MII/],
    ['a key that does not end', pem.slice(0, 50), /MII/],
    ['lower case', iban.toLowerCase(), /3704/],
    ['a sentence', `Pay to ${iban}, please; or ${aws}.`, /3704|AKIA/],
    ['a header', `authorization: Bearer ${jwt}`, /eyJ/],
    ['a label for a secret', 'AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', /wJalr/],
  ]
  test.each(disguises)('%s', (_disguise, plain, leak) => {
    expect(said(masked(text(plain)).message)).not.toMatch(leak)
  })

  const innocent = [
    'order 4111 1111 1111 1112, DE00 3704 0044 0532 0130 00',
    '0.4111111111111111 and 2026-11-23T10:00:00.000Z',
    'd41d8cd98f00b204e9800998ecf8427e 41111111111111114111111111111111deadbeef',
    'see @types/node, git@github, user@localhost, a@b',
    '123e4567-e89b-12d3-a456-426614174000 and eyes wide open.',
    'SGVsbG8gd29ybGQsIHRoaXMgaXMgZmluZQ==',
    '-----BEGIN CERTIFICATE-----',
  ]
  test.each(innocent)('and leave alone: %s', (plain) => {
    const message = text(plain)
    expect(masked(message)).toMatchObject({ message, masked: 0 })
  })
})

describe('styles', () => {
  const shown: [style: MaskStyle, said: string, data: JsonObject][] = [
    ['null', 'mail  now', { ssn: null, n: null, b: null, s: null }],
    ['redact', 'mail [masked] now', { ssn: '[masked]', n: 0, b: false, s: '[masked]' }],
    ['partial', 'mail ****.com now', { ssn: '****89', n: 0, b: false, s: '****' }],
  ]
  test.each(shown)('%s keeps types', (style, plain, data) => {
    const masks = [mask(style, ['ssn', 'n', 'b', 's'])]
    const structuredContent = { ssn, n: 123456, b: true, s: 'short' }
    const message = result({ content: [{ type: 'text', text: `mail ${email} now` }], structuredContent })
    expect(masked(message, masks).message).toEqual(
      result({ content: [{ type: 'text', text: plain }], structuredContent: data }),
    )
  })

  test('hash is equal for equal values in every carrier and under another key another', () => {
    const message = result({
      content: [{ type: 'text', text: `a ${email} b ${email}` }],
      structuredContent: { email, ssn, n: 1234567 },
    })
    const masks = [mask('hash', ['email', 'ssn', 'n'])]
    const answer = masked(message, masks).message.result as {
      content: { text: string }[]
      structuredContent: Record<string, Json>
    }
    const hash = answer.structuredContent.email as string
    expect(hash).toMatch(/^hash:[\w-]{12}$/)
    expect(answer.content[0]!.text).toBe(`a ${hash} b ${hash}`)
    expect(answer.structuredContent.n).toSatisfy(Number.isSafeInteger)
    const other = fulfil(message, compileMasks(masks, new Uint8Array(32).fill(8), []))
    expect(JSON.stringify(other)).not.toContain(hash)
  })

  test('the strictest style wins on one value, whatever the order of the masks', () => {
    const message = result({ content: [], structuredContent: { mail: `to ${email}` } })
    const masks = [fieldsOnly('partial', ['mail'], 'a'), fieldsOnly('hash', ['mail'], 'b'), mask('redact', [], 'c')]
    for (const order of [masks, [...masks].reverse()])
      expect(masked(message, order).message).toEqual(result({ content: [], structuredContent: { mail: '[masked]' } }))
  })
})

describe('what the envelope says passes', () => {
  const messages: [what: string, message: JsonObject, masks?: Mask[]][] = [
    [
      'fields named like words of the protocol',
      result({ content: [{ type: 'text', text: 'a', mimeType: 'text/plain' }], isError: false }),
      [fieldsOnly('redact', ['type', 'text', 'content', 'result', 'id', 'isError', 'mimeType', 'jsonrpc'])],
    ],
    [
      'a short value that is a word of the protocol',
      result({ content: [{ type: 'text', text: 'fine' }] }),
      [fieldsOnly('redact', ['kind'])],
    ],
    [
      'a schema',
      result({
        tools: [
          {
            name: 'find',
            inputSchema: {
              type: 'object',
              properties: { ssn: { type: 'string', description: 'the number' } },
              required: ['ssn'],
            },
          },
        ],
      }),
    ],
    ['a cursor', result({ tools: [], nextCursor: base64('{"after":"row 17"}') })],
    [
      'a progress token',
      { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 4111111111111111, progress: 0.5 } },
    ],
    ['an id', { jsonrpc: '2.0', id: 4111111111111111, result: {} }],
    [
      'an image',
      result({
        content: [
          {
            type: 'image',
            data: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3, 0xff, 0xfe]).toString('base64'),
            mimeType: 'image/png',
          },
        ],
      }),
    ],
  ]
  test.each(messages)('%s', (_what, message, masks) => {
    expect(masked(message, masks)).toMatchObject({ message, masked: 0 })
  })

  test('even if a masked value is one of its words', () => {
    const message = result({ content: [{ type: 'text', text: 'a' }], structuredContent: { kind: 'text' } })
    const answer = masked(message, [fieldsOnly('redact', ['kind'])]).message
    expect(answer).toMatchObject({
      result: { content: [{ type: 'text', text: 'a' }], structuredContent: { kind: '[masked]' } },
    })
  })
})

describe('texts keep their form', () => {
  const forms: [form: string, plain: string, want: string][] = [
    ['compact JSON', '{"a":[1,2],"ssn":"x"}', '{"a":[1,2],"ssn":"[masked]"}'],
    [
      'indented JSON',
      '{\n  "a": [\n    1\n  ],\n  "ssn": "x"\n}\n',
      '{\n  "a": [\n    1\n  ],\n  "ssn": "[masked]"\n}\n',
    ],
    ["Python's JSON", '{"a": [1, 2], "ssn": "x", "n": "\\u00e9"}', '{"a": [1, 2], "ssn": "[masked]", "n": "\\u00e9"}'],
    ['big numbers', '{"id":12345678901234567890,"ssn":"x"}', '{"id":12345678901234567890,"ssn":"[masked]"}'],
    ['numbers in JSON', '{"ssn":123456789,"n":1}', '{"ssn":0,"n":1}'],
    ['equal keys', '{"a":{"ssn":"x"},"a":1}', '{"a":1}'],
    ['nothing to hide', '{ "a" :  1, "b": "ssn" }', '{ "a" :  1, "b": "ssn" }'],
  ]
  test.each(forms)('%s', (_form, plain, want) => {
    expect(said(masked(text(plain), [fieldsOnly('redact', ['ssn'])]).message)).toBe(want)
  })
})

describe('a value that one place hides is hidden', () => {
  const copies: [how: string, data: JsonObject, secret: string][] = [
    ['without its separators', { ssn, note: 'was 123456789' }, '123456789'],
    ['as a number', { ssn, note: 123456789 }, '123456789'],
    ['with separators', { ssn: 123456789, note: ssn }, '123-45'],
    ['in other letters', { ssn: 'Adele Moreau', note: "ADELE MOREAU's order" }, 'MOREAU'],
    ['as a short word', { ssn: 'Bob', note: "Bob's order" }, 'Bob'],
    ['grouped', { ssn: 52000, note: 'earns 52,000 or 52.000' }, '000'],
    [
      'in base64',
      { ssn, note: base64(`the number ${ssn} is theirs`) },
      base64(`the number ${ssn} is theirs`).slice(16, 28),
    ],
    ['alone in base64', { ssn, note: base64(ssn) }, base64(ssn).slice(0, 8)],
    ['alone in base64, for addresses', { ssn: 'a?>b?>c', note: 'YT8-Yj8-Yw' }, 'YT8-Yj8'],
    ['escaped', { ssn: 'Zo\u00eb "Z" Ray', note: JSON.stringify('{"a":"Zo\\u00eb \\"Z\\" Ray"}') }, 'Ray'],
  ]
  test.each(copies)('%s', (_how, data, secret) => {
    expect(JSON.stringify(masked(result({ content: [], structuredContent: data })).message)).not.toContain(secret)
  })
})

describe('a field named in one line hides its value in the next, where each is a text of its own', () => {
  const lines: [what: string, lines: string[], secret: string, kept: string][] = [
    ['a label', ['SSN:', 'x-1234', 'City: Rome'], 'x-1234', 'City: Rome'],
    ['CSV', ['id,ssn,name', '1,x-1234,Bob', '2,y-1234,Eve\n'], '-1234', ',Eve'],
    ['JSON that was cut', ['{"ssn":', '"x-1234"}'], 'x-1234', '{'],
    ['a table', ['| id | ssn |', '|---|---|', '| 1 | x-1234 |'], 'x-1234', '|---|---|'],
  ]
  test.each(lines)('%s', (_what, texts, secret, kept) => {
    for (const message of [
      result({ content: texts.map((text) => ({ type: 'text', text })) }),
      result({ content: [], structuredContent: { lines: texts } }),
    ]) {
      const shown = JSON.stringify(masked(message, [fieldsOnly('redact', ['ssn'])]).message)
      expect(shown).not.toContain(secret)
      expect(shown.replaceAll('\\', '')).toContain(kept)
    }
  })

  const kept: string[][] = [
    ['id', 'ssn', 'name'],
    ['the ssn, then the city', 'and nothing else'],
    ['ssn: string', 'name: string'],
    ['{"field":"ssn","a":"b"}', '{"id":1,"a":"b"}'],
  ]
  test.each(kept)('but not %s, %s', (...texts) => {
    const message = result({ content: [], structuredContent: { lines: texts } })
    expect(masked(message, [fieldsOnly('redact', ['ssn'])])).toMatchObject({ message, masked: 0 })
  })
})

test('a private key over two blocks of content is hidden in both', () => {
  const [first, second] = [pem.slice(0, 40), pem.slice(40)]
  const message = result({
    content: [
      { type: 'text', text: first },
      { type: 'text', text: second },
    ],
  })
  expect(JSON.stringify(masked(message).message)).not.toMatch(/MIIE|BgkqhkiG/)
})

test('a credential of the connection is hidden without any mask, however it is encoded', () => {
  const secret = 's3cr3t+token/value=='
  const forms = [
    secret,
    encodeURIComponent(secret),
    base64(secret),
    base64(`x:${secret}`),
    base64(`xy:${secret}`),
    Buffer.from(secret).toString('hex'),
  ]
  const answer = masked(text(forms.join('\n')), [], {}, [`Bearer ${secret}`])
  expect(said(answer.message)).not.toMatch(/s3cr3t|token|czNjcj|ZWNyM|NlY3I|733363/)
  expect(answer.chips.every((chip: Chip) => chip.mask === 'credential')).toBe(true)
})

test('chips tell where and by which mask, never what', () => {
  const answer = masked(result({ content: [], structuredContent: { rows: [{ ssn }] } }))
  expect(answer).toMatchObject({ masked: 1, chips: [{ path: 'result.structuredContent.rows[0].ssn', mask: 'pii' }] })
})

test('paths of chips do not hold what is hidden in keys', () => {
  const structuredContent = { [email]: { ssn }, bySsn: { [ssn]: { n: email } } }
  const { chips } = masked(result({ content: [], structuredContent }))
  expect(chips.length).toBeGreaterThan(3)
  expect(JSON.stringify(chips)).not.toMatch(/123-45|example/)
})

test('a large message is measured once, however often it is read', () => {
  const message = result({
    content: [{ type: 'text', text: `${email} ${'a'.repeat(700)}` }],
    structuredContent: { ssn },
  })
  expect(masked(message, [mask('redact')], { bytesMax: 1000 }).masked).toBe(2)
})

test('a hidden key does not swallow another', () => {
  const answer = masked(result({ content: [], structuredContent: { 'a@b.example': 1, 'c@d.example': 2 } }))
  expect(answer.message).toMatchObject({ result: { structuredContent: { '[masked]': 1, '[masked] 2': 2 } } })
})

test('notifications keep their words where a mask passes them, masked', () => {
  const message = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: `to ${email}` } }
  expect(masked(message, [mask('redact')], { passNotifications: true }).message).toMatchObject({
    params: { data: 'to [masked]' },
  })
})

test('a sealed requestState passes as it is', () => {
  const message = result({ resultType: 'input_required', requestState: jwt })
  expect(masked(message, [mask('redact')], { stateIsSealed: true }).message).toEqual(message)
})

test('an error of a statement with a masked column says its SQLSTATE only', () => {
  const options = { sqlStateOnly: true }
  const failed = text(`ERROR:  22P02: invalid input syntax for type integer: "${ssn}"`)
  expect(
    masked({ ...failed, result: { ...(failed.result as JsonObject), isError: true } }, [mask('redact')], options)
      .message,
  ).toMatchObject({
    result: { isError: true, content: [{ text: 'the statement failed with SQLSTATE 22P02' }] },
  })
  const error = { jsonrpc: '2.0', id: 1, error: { code: -32000, message: ssn, data: { ssn } } }
  expect(masked(error, [mask('redact')], options).message).toMatchObject({ error: { message: 'the statement failed' } })
})

describe('what cannot be masked is withheld', () => {
  const deep = (levels: number): Json => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as Json
  const cases: [what: string, message: JsonObject, options?: MaskOptions][] = [
    ['too large', text('a'.repeat(2000)), { bytesMax: 1000 }],
    ['too large in its keys', result({ structuredContent: { ['k'.repeat(2000)]: 1 } }), { bytesMax: 1000 }],
    ['too deep', result({ structuredContent: deep(5000) })],
    ['too deep inside a text', text('['.repeat(5000) + ']'.repeat(5000))],
  ]
  test.each(cases)('%s', (_what, message, options) => {
    expect(fulfil(message, compileMasks([mask('redact')], key, [], options))).toEqual({
      failed: 'it is too large, too deep or too full of what must be hidden to be masked',
    })
  })
})

test('numbers that JavaScript cannot hold are printed as they came', async () => {
  const { parseReply } = await import('./fulfil')
  const raw =
    '{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"id":12345678901234567890,"x":1e400,"ssn":98765432109876543210}}}'
  expect(printReply(parseReply(raw))).toBe(raw)
  const answer = fulfil(parseReply(raw), compileMasks([mask('redact')], key, []))
  if ('failed' in answer) throw new Error(answer.failed)
  expect(printReply(answer.message)).toBe(raw.replace('98765432109876543210', '0'))
})
