import { createPublicKey, sign, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { deriveKeys } from './keys'

const secret = 'a secret of at least thirty-two bytes'
const keys = deriveKeys(secret)
const other = deriveKeys(`${secret}!`)

const changed = (sealed: Buffer, at: number): Buffer => {
  const copy = Buffer.from(sealed)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

describe('sealing', () => {
  const sealed = keys.seal('Bearer t0p-s3cret', 'credential 1')

  for (const text of ['Bearer t0p-s3cret', '', 'žluťoučký 🐎', 'x'.repeat(100_000)])
    test(`what was sealed opens again: ${text.length} characters`, () =>
      expect(keys.open(keys.seal(text, 'b'), 'b')).toBe(text))

  test('the text does not stand in it, and the same text looks different each time', () => {
    expect(sealed.includes('t0p')).toBe(false)
    expect(keys.seal('Bearer t0p-s3cret', 'credential 1').equals(sealed)).toBe(false)
  })

  const broken: [what: string, open: () => string][] = [
    ['for another thing', () => keys.open(sealed, 'credential 2')],
    ['for nothing', () => keys.open(sealed, '')],
    ['by another installation', () => other.open(sealed, 'credential 1')],
    ['with a changed nonce', () => keys.open(changed(sealed, 0), 'credential 1')],
    ['with a changed tag', () => keys.open(changed(sealed, 12), 'credential 1')],
    ['with a changed text', () => keys.open(changed(sealed, sealed.length - 1), 'credential 1')],
    ['when a byte is missing', () => keys.open(sealed.subarray(0, -1), 'credential 1')],
    ['when a byte was added', () => keys.open(Buffer.concat([sealed, Buffer.of(0)]), 'credential 1')],
    ['when it is empty', () => keys.open(Buffer.alloc(0), 'credential 1')],
    ...[1, 4, 8, 12, 15].map((length): [string, () => string] => {
      const empty = keys.seal('', 'b')
      return [`with a tag of ${length} bytes`, () => keys.open(empty.subarray(0, 12 + length), 'b')]
    }),
  ]
  for (const [what, open] of broken) test(`it does not open ${what}`, () => expect(open).toThrow())
})

describe('derived keys', () => {
  test('are the same at every start, or nothing sealed would open', () => {
    const again = deriveKeys(secret)
    expect(again.open(keys.seal('x', 'b'), 'b')).toBe('x')
    expect(again.signingPublic).toBe(keys.signingPublic)
    expect(Buffer.from(again.digest).equals(keys.digest)).toBe(true)
  })

  test('differ from each other and from those of another secret', () => {
    const all = [keys, other].flatMap(({ digest, mask, cookie, signingPublic }) => [
      Buffer.from(digest).toString('base64url'),
      Buffer.from(mask).toString('base64url'),
      cookie,
      signingPublic,
    ])
    expect(new Set(all).size).toBe(all.length)
  })

  test('a head signed with the private key verifies with the published one, and only that', () => {
    const publicKey = (text: string) =>
      createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
    const head = Buffer.from('heads')
    const signature = sign(null, head, keys.signing)
    expect(verify(null, head, publicKey(keys.signingPublic), signature)).toBe(true)
    expect(verify(null, head, publicKey(other.signingPublic), signature)).toBe(false)
  })

  for (const short of ['', 'short', 'x'.repeat(31)])
    test(`a secret of ${short.length} bytes is refused with how to make one`, () =>
      expect(() => deriveKeys(short)).toThrow('openssl rand'))
})
