import { describe, expect, test } from 'vitest'
import type { DetectorName } from '../types'
import { detectors } from './detectors'
import { detect, look } from './look'
import type { Span } from './spans'

const cover = { style: 'redact', mask: 'm' } as const

/** What one detector finds, behind the same first look that every text gets. */
function found(name: DetectorName, text: string): string[] {
  const spans: Span[] = []
  detect(text, look(text), [{ name, find: detectors[name], cover }], spans)
  return spans.map(({ start, end }) => text.slice(start, end))
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url')
const header = base64url('{"alg":"HS256"}')
const payload = base64url('{"sub":"alice"}')
const pem = (kind: string, body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC') =>
  `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----`
const der = Buffer.concat([
  Buffer.from('308204bd020100300d06092a864886f70d0101010500048204a7308204a3', 'hex'),
  Buffer.alloc(60, 5),
])
const certificate = Buffer.concat([Buffer.from('308204bd308203a5a003020102', 'hex'), Buffer.alloc(60, 5)])

const finds: Record<DetectorName, [text: string, ...want: string[]][]> = {
  email: [
    ['Write to alice@example.com.', 'alice@example.com'],
    ['<a.b+c@mail.example.co.uk>, x', 'a.b+c@mail.example.co.uk'],
    ["o'brien@example.com", "o'brien@example.com"],
    ['"john doe"@example.com', '"john doe"@example.com'],
    ['root@[10.0.0.1]', 'root@[10.0.0.1]'],
    ['jürgen@müller.example', 'jürgen@müller.example'],
    ['a@b.io;c@d.io', 'a@b.io', 'c@d.io'],
    ['mailto:a@b.io?subject=x', 'a@b.io'],
    [`${'x'.repeat(200)}@example.com`, `${'x'.repeat(200)}@example.com`],
    ['user@localhost, @types/node, a@b, 5@5.5, a@.com, x@y.z, @@a.com'],
    ['git@example.com, git@example.com: hi', 'git@example.com', 'git@example.com'],
    ['x@2x.png, x@1.5x.webp, a@b2x.png, a@2x.io', 'a@b2x.png', 'a@2x.io'],
    ['git@github.com:org/repo, postgres@[local]'],
  ],
  credit_card: [
    ['4111111111111111', '4111111111111111'],
    ['4111 1111 1111 1111 exp 12/27 cvv 123', '4111 1111 1111 1111'],
    ['4111 1111 11111111, 4111-11111111-1111', '4111 1111 11111111', '4111-11111111-1111'],
    ['41111 11111 111111, 4111-111111-111111', '41111 11111 111111', '4111-111111-111111'],
    ['5500-0000-0000-0004', '5500-0000-0000-0004'],
    ['3400 000000 00009', '3400 000000 00009'],
    ['30000000000004 and 6011000000000004', '30000000000004', '6011000000000004'],
    ['2223000048400011', '2223000048400011'],
    ['4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1', '4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1'],
    ['on 2026-01-02 4111-1111-1111-1111', '4111-1111-1111-1111'],
    ['4111111111111111 5500000000000004', '4111111111111111', '5500000000000004'],
    ['4111 1111 1111 1112', ...[]],
    ['1234567890123452 0.4111111111111111 9111111111111111'],
    ['5105105105105100a1b2c3d4e5f60718'],
    ['1732345678901 2026-11-23 10:00:00.000 5f3e-4111'],
    [
      '4222222222222, 36000000000008, 5018000000007, 41-11-11-11-11-11-11-11',
      '4222222222222',
      '36000000000008',
      '5018000000007',
      '41-11-11-11-11-11-11-11',
    ],
    ['356938035640136, 5901234123457, 3 1395066363000, 52.94.133.131 - 4434, 385855184318 113'],
  ],
  iban: [
    ['DE89370400440532013000', 'DE89370400440532013000'],
    ['IBAN: GB82 WEST 1234 5698 7654 32, please', 'GB82 WEST 1234 5698 7654 32'],
    ['fr14 2004 1010 0505 0001 3m02 606', 'fr14 2004 1010 0505 0001 3m02 606'],
    ['NO93 8601 1117 947', 'NO93 8601 1117 947'],
    ['(MT84MALT011000012345MTLCAST001S)', 'MT84MALT011000012345MTLCAST001S'],
    ['x-SA03 8000 0000 6080 1016 7519', 'SA03 8000 0000 6080 1016 7519'],
    ['DE89370400440532013001 ZZ89370400440532013000 xDE89370400440532013000 DE893704004405320130001'],
  ],
  jwt: [
    [`Bearer ${header}.${payload}.c2ln, x`, `${header}.${payload}.c2ln`],
    [`${header}.${payload}.`, `${header}.${payload}.`],
    [`${header}.${payload}`, `${header}.${payload}`],
    [`a=${base64url('{ "alg":"none"}')}.${payload}.x`, `${base64url('{ "alg":"none"}')}.${payload}.x`],
    [`${header}.QUJD.REVG.R0hJ.SktM`, `${header}.QUJD.REVG.R0hJ.SktM`],
    ['eyes.wide.open, keyJournal.txt, eyJ.eyJ, aGVsbG8gd29ybGQgYWdhaW4.x'],
  ],
  private_key: [
    [`a ${pem('PRIVATE KEY')} b`, pem('PRIVATE KEY')],
    [pem('RSA PRIVATE KEY'), pem('RSA PRIVATE KEY')],
    [pem('OPENSSH PRIVATE KEY', 'abc'), pem('OPENSSH PRIVATE KEY', 'abc')],
    [pem('PGP PRIVATE KEY BLOCK', 'abc'), pem('PGP PRIVATE KEY BLOCK', 'abc')],
    [pem('EC PRIVATE KEY').replace(/\n/g, '\\n'), pem('EC PRIVATE KEY').replace(/\n/g, '\\n')],
    ['x -----BEGIN PRIVATE KEY-----\nMIIE', '-----BEGIN PRIVATE KEY-----\nMIIE'],
    [`key: ${der.toString('base64')}.`, der.toString('base64')],
    [
      `${pem('PRIVATE KEY', 'abc')} and ${pem('EC PRIVATE KEY', 'abd')}`,
      pem('PRIVATE KEY', 'abc'),
      pem('EC PRIVATE KEY', 'abd'),
    ],
    [`${pem('CERTIFICATE', certificate.toString('base64'))} ${pem('PUBLIC KEY')} ---- BEGIN ---- PRIVATE KEY`],
  ],
  aws_key: [
    ['id AKIAIOSFODNN7EXAMPLE.', 'AKIAIOSFODNN7EXAMPLE'],
    ['ASIAIOSFODNN7EXAMPLE/AROAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE', 'AROAIOSFODNN7EXAMPLE'],
    ['aws secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY, AKIAIOSFODNN7EXAMPL, xAKIAIOSFODNN7EXAMPLE'],
    ['secret commit da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['aws /tmp/build/src/loghub+more/Windows/README1 or /tmp/mu/src/logpai+loghub/Windows/README', ...[]],
  ],
}

describe.each(Object.entries(finds))('%s', (name, cases) => {
  test.each(cases)('in %j', (text, ...want) => {
    expect(found(name as DetectorName, text)).toEqual(want)
  })
})

const size = 1 << 19
const hostile =
  'a|1|@|a@|a@b.|a.|eyJ|eyJ.|eyJhbGciOiJ.|-|1-|1 |4111 |AB12|DE89|DE89 |AKIA|MII|MIIE |-----BEGIN |-----BEGIN PRIVATE KEY-----'

// Quadratic scanning would take minutes here, so it would end at the time limit of the run.
test.each(hostile.split('|'))('half a megabyte of %j is scanned once', (unit) => {
  const text = unit.repeat(Math.ceil(size / unit.length))
  for (const name of Object.keys(detectors) as DetectorName[]) expect(found(name, text).length).toBeLessThan(size)
})
