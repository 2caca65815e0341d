import { expect, test } from 'vitest'
import { askedHosts } from './asked-hosts'

const asks = (url: string) => ({ method: 'elicitation/create', params: { mode: 'url', message: 'sign in', url } })

const cases: [guarantee: string, text: string | null, want: string[]][] = [
  ['the host is shown', JSON.stringify(asks('https://sign-in.example.com/x?y')), ['sign-in.example.com']],
  ['not who it pretends to be', JSON.stringify(asks('https://bank.example@evil.example:8443/')), ['evil.example:8443']],
  ['not letters that look like others', JSON.stringify(asks('https://p\u0430ypal.com')), ['xn--pypal-4ve.com']],
  ['nor a way without TLS as one with it', JSON.stringify(asks('http://x.example/')), ['http://x.example']],
  ['nor what opens something else', JSON.stringify(asks('javascript:alert(1)')), ['javascript://']],
  ['what is masked stays so', JSON.stringify(asks('[masked]')), ['[masked]']],
  [
    'inside what a modern target asks, each once',
    JSON.stringify({ result: { inputRequests: { a: asks('https://a.example/1'), b: asks('https://a.example/2') } } }),
    ['a.example'],
  ],
  [
    'inside an error that asks',
    JSON.stringify({ error: { code: -32042, data: { elicitations: [asks('https://b.example').params] } } }),
    ['b.example'],
  ],
  ['an address that nobody is asked to open is none', '{"url":"https://c.example"}', []],
  ['a body that was cut is none', '{"mode":"url","url":"https://d.exa', []],
  ['no text, no hosts', null, []],
]
for (const [guarantee, text, want] of cases) test(guarantee, () => expect(askedHosts(text)).toEqual(want))
