import { describe, expect, test } from 'vitest'
import { uriProblem } from './plain-uri'

describe('a URI that two readers understand differently is refused', () => {
  const odd = [
    ...[
      'file:///open/../secret',
      'file:///open/./secret',
      'file:///open/..',
      'file:///..',
      'file:///open/%2e%2e/secret',
    ],
    ...[
      'file:///open/.%2E/secret',
      'file:///open/..%2fsecret',
      'file:///open/%2e%2e%2fsecret',
      'file:///open/..\\secret',
    ],
    ...[
      'file:///open/%252e%252e/secret',
      'file:///open/x%5c..%5csecret',
      'file:///open/%73ecret',
      'file:///open\\secret',
    ],
    ...[
      'FILE:///secret',
      'File:///secret',
      'file:///se\tcret',
      'file:///secret\n',
      ' file:///secret',
      'file:///secret ',
    ],
    ...[
      'file:///secret\0.txt',
      'https://EXAMPLE.com/secret',
      'https://example.com/a?path=../secret',
      'file:///a/%zz',
      'file:///a/%',
    ],
  ]
  for (const uri of odd) test(JSON.stringify(uri), () => expect(uriProblem(uri)).not.toBeNull())
})

describe('what servers really use passes', () => {
  const plain = [
    ...['file:///open/a.txt', 'file:///C:/Users/x', 'file:///home/me/.config/x', 'file:///a/...', 'file:///a/..b/c..'],
    ...['test://static-text', 'demo://resource/dynamic/text/1', 'ui://app/view.html', 'urn:isbn:0451450523', 'note:1'],
    ...[
      'crm://customer/a%2Fb',
      'proxy://https://example.com/x?y=1#z',
      'postgres://user@host:5432/db/schema',
      'memo://caf\u00e9',
    ],
    ...[
      'https://example.com/A/B?q=a%20b',
      'screenshot://Home Page',
      'relative/name',
      'config',
      'x://{name}/{+rest}',
      'memo://caf%C3%A9',
    ],
  ]
  for (const uri of plain) test(uri, () => expect(uriProblem(uri)).toBeNull())
})
