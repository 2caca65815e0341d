import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { Pool } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressProblem } from './addresses'
import { pinnedLookup, type UrlRules, urlProblem } from './upstream-url'

const configured: UrlRules = { local: false, upstreamPrivateRanges: [] }
const local: UrlRules = { local: true, upstreamPrivateRanges: [] }
/** An operator who allows everything that can be allowed. */
const wide: UrlRules = { local: true, upstreamPrivateRanges: ['0.0.0.0/0', '::/0'] }

const never = [
  'http://169.254.169.254/latest/meta-data',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://0xA9.0xFE.0xA9.0xFE/',
  'http://0251.0376.0251.0376/',
  'http://169.254.43518/',
  'http://169.254.169.254./',
  'http://①⑥⑨.②⑤④.①⑥⑨.②⑤④/',
  'http://[::ffff:169.254.169.254]/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://[0:0:0:0:0:ffff:a9fe:a9fe]/',
  'http://[::169.254.169.254]/',
  'http://[::ffff:0:169.254.169.254]/',
  'http://[64:ff9b::169.254.169.254]/',
  'http://[64:ff9b:1::169.254.169.254]/',
  'http://[2002:a9fe:a9fe::1]/',
  'http://[2001:0:a9fe:a9fe::1]/',
  'http://[2001:0:808:808:0:0:5601:5601]/',
  'http://[2001:db8::5efe:169.254.169.254]/',
  'http://[2001:db8::200:5efe:169.254.169.254]/',
  'http://100.100.100.200/',
  'http://168.63.129.16/',
  'http://192.0.0.192/',
  'http://[fd00:ec2::254]/',
  'http://[fd20:ce::254]/',
  'http://[fe80::1]/',
  'http://[febf::1]/',
  'http://[fec0::1]/',
  'http://0.0.0.0/',
  'http://0/',
  'http://0.1.2.3/',
  'http://[::]/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://[ff02::1]/',
]
describe('whatever the operator allows, no target is', () => {
  for (const url of never) test(url, () => expect(urlProblem(url, wide)).toMatch(/never targets/))
})

const loopback = [
  'http://127.0.0.1:3000/mcp',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://017700000001/',
  'http://127.255.255.254/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://localhost/',
  'http://LOCALHOST:80/',
  'http://localhost./',
  'http://a.localhost/',
]
describe('loopback is for local mode', () => {
  for (const url of loopback)
    test(url, () => {
      expect(urlProblem(url, configured)).toMatch(/loopback/)
      expect(urlProblem(url, local)).toBeNull()
    })
})

const inside: [url: string, network: string][] = [
  ['http://10.1.2.3/', '10.0.0.0/8'],
  ['http://0xa010203/', '10.1.0.0/16'],
  ['http://172.31.255.255/', '172.16.0.0/12'],
  ['http://192.168.1.1/', '192.168.1.1'],
  ['http://100.64.0.1/', '100.64.0.0/10'],
  ['http://198.18.0.1/', '198.18.0.0/15'],
  ['http://192.0.2.1/', '192.0.2.0/24'],
  ['http://[::ffff:10.0.0.1]/', '10.0.0.0/8'],
  ['http://[fd12:3456::1]/', 'fd12:3456::/32'],
  ['http://[fc00::1]/', 'fc00::/7'],
  ['http://[2001:db8::1]/', '2001:db8::/32'],
  ['http://[100::1]/', '100::/64'],
]
describe('private networks are for those who name them', () => {
  for (const [url, network] of inside)
    test(`${url} in ${network}`, () => {
      expect(urlProblem(url, configured)).toMatch(/UPSTREAM_PRIVATE_RANGES/)
      expect(urlProblem(url, local)).toMatch(/UPSTREAM_PRIVATE_RANGES/)
      expect(urlProblem(url, { local: false, upstreamPrivateRanges: ['203.0.113.9', network] })).toBeNull()
    })

  // Both the tunnel's own address and the one inside must be allowed.
  for (const url of ['http://[64:ff9b::10.0.0.1]/', 'http://[2002:a00:1::]/', 'http://[::10.0.0.1]/'])
    test(`${url} hides a private address`, () => {
      expect(urlProblem(url, configured)).toMatch(/private/)
      expect(urlProblem(url, { local: false, upstreamPrivateRanges: ['::/0'] })).toMatch(/private/)
    })
})

const forms: [url: string, why: RegExp | null][] = [
  ['https://mcp.example.com/mcp?x=1', null],
  ['http://93.184.215.14:8080/', null],
  ['https://[2606:4700::1111]/', null],
  ['https://notlocalhost/', null],
  ['', /not a URL/],
  ['/mcp', /not a URL/],
  ['http://', /not a URL/],
  ['http://256.1.1.1/', /not a URL/],
  ['http://[fe80::1%25eth0]/', /not a URL/],
  ['ftp://mcp.example.com/', /only http/],
  ['file:///etc/passwd', /only http/],
  ['javascript:alert(1)', /only http/],
  ['ws://mcp.example.com/', /only http/],
  ['https://user@mcp.example.com/', /credential field/],
  ['https://user:secret@mcp.example.com/', /credential field/],
  ['https://mcp.example.com/#part', /fragment/],
  ['https://mcp.example.com/#', /fragment/],
]
describe('the form of a URL', () => {
  for (const [url, why] of forms)
    test(`\`${url}\` is ${why === null ? 'a target' : 'refused'}`, () => {
      const problem = urlProblem(url, configured)
      if (why === null) expect(problem).toBeNull()
      else expect(problem).toMatch(why)
    })
})

test('an IPv4 address is judged the same as a number, in hex, in octal, and mapped into IPv6', () =>
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const bytes = address.split('.').map(Number)
      const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
      const spellings = [
        `${number}`,
        `0x${number.toString(16)}`,
        `0${number.toString(8)}`,
        bytes.map((byte) => `0${byte.toString(8)}`).join('.'),
        `[::ffff:${address}]`,
      ]
      for (const rules of [configured, local, wide]) {
        const want = addressProblem(address, rules)
        for (const host of spellings) expect(urlProblem(`http://${host}/`, rules)).toBe(want)
      }
    }),
  ))

test('what is no address, or has a zone, is refused and does not throw', () => {
  for (const text of ['', 'example.com', '1.2.3', '::g', 'fe80::1%eth0', '::1%lo', '127.0.0.1%0'])
    expect(addressProblem(text, wide)).toMatch(/not an address/)
})

type Found = { error: NodeJS.ErrnoException | null; addresses: unknown }
const look = (rules: UrlRules, answers: string[], options: object = { all: true }): Promise<Found> =>
  new Promise((done) => {
    const lookup = pinnedLookup(rules, (_, found) =>
      found(
        null,
        answers.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    )
    lookup('name.example.com', options as { all: true }, (error, addresses) => done({ error, addresses }))
  })

describe('a name', () => {
  const refused: [what: string, answers: string[]][] = [
    ['that leads to loopback', ['127.0.0.1']],
    ['that leads to the metadata service', ['169.254.169.254']],
    ['that leads to a private network', ['10.0.0.5']],
    ['that leads there by IPv6', ['fd00::1']],
    ['that leads there in a mapped form', ['::ffff:10.0.0.5']],
    ['that leads to a link-local address with a zone', ['fe80::1%eth0']],
    ['with one good and one bad address', ['93.184.215.14', '127.0.0.1']],
    ['without an address', []],
  ]
  for (const [what, answers] of refused)
    test(`${what} is refused`, async () =>
      expect((await look(configured, answers)).error).toMatchObject({ code: 'forbidden-address' }))

  test('gives exactly the addresses that were checked', async () => {
    const both = ['93.184.215.14', '2606:4700::1111']
    expect((await look(configured, both)).addresses).toEqual([
      { address: '93.184.215.14', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ])
    expect((await look(configured, both, { all: true, family: 6 })).addresses).toHaveLength(1)
    expect((await look(configured, both, {})).addresses).toBe('93.184.215.14')
  })
})

describe('a real connection', () => {
  let hits = 0
  const server = createServer((_, res) => {
    hits += 1
    res.end('ok')
  })
  beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)))
  afterAll(() => new Promise((done) => server.close(done)))

  test('goes where the checked answer led, and a name that moves to another address is refused then', async () => {
    const { port } = server.address() as AddressInfo
    let answer = '127.0.0.1'
    let asked = 0
    const lookup = pinnedLookup(local, (_, done) => {
      asked += 1
      done(null, [{ address: answer, family: 4 }])
    })
    const get = async () => {
      const pool = new Pool(`http://moves.example.com:${port}`, { connect: { lookup } })
      try {
        const { statusCode, body } = await pool.request({ path: '/', method: 'GET' })
        await body.dump()
        return statusCode
      } finally {
        await pool.close()
      }
    }
    expect(await get()).toBe(200)
    expect({ asked, hits }).toEqual({ asked: 1, hits: 1 })
    answer = '169.254.169.254'
    await expect(get()).rejects.toMatchObject({ code: 'forbidden-address' })
    expect(hits).toBe(1)
  })
})
