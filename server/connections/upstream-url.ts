import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

export type UrlRules = { local: boolean; upstreamPrivateRanges: string[] }

/** Never a target, whatever the operator allows: these lead to machines' metadata, to nobody, or to everybody. */
const never = blockList([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:ec2::254', 128],
  ['::', 128],
])

const loopback = blockList([
  ['127.0.0.0', 8],
  ['::1', 128],
])

/** RFC 1918, RFC 6598, RFC 4193, benchmarking, and the prefixes that carry an IPv4 address inside. */
const privateRanges = blockList([
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['192.0.0.0', 24],
  ['198.18.0.0', 15],
  ['fc00::', 7],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
])

function blockList(ranges: [address: string, bits: number][]): BlockList {
  const list = new BlockList()
  for (const [address, bits] of ranges) list.addSubnet(address, bits, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return list
}

const has = (list: BlockList, address: string): boolean => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** `::ffff:127.0.0.1`, in either spelling, is 127.0.0.1. */
function unmapped(address: string): string {
  const tail = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address)
  if (tail === null) return address
  if (tail[1] !== undefined) return tail[1]
  const [high, low] = [Number.parseInt(tail[2] ?? '', 16), Number.parseInt(tail[3] ?? '', 16)]
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/** Why calls may not go to an IP address; null when they may. */
export function addressProblem(given: string, rules: UrlRules): string | null {
  const address = unmapped(given)
  if (isIP(address) === 0) return 'it is not an address'
  if (has(never, address)) return 'link-local, metadata and multicast addresses are never targets'
  if (has(operatorRanges(rules), address)) return null
  if (has(loopback, address))
    return rules.local ? null : 'loopback addresses are not targets; set UPSTREAM_PRIVATE_RANGES to allow them'
  if (has(privateRanges, address)) return 'the address is private; set UPSTREAM_PRIVATE_RANGES to allow its network'
  return null
}

const ranges = new WeakMap<string[], BlockList>()

function operatorRanges({ upstreamPrivateRanges }: UrlRules): BlockList {
  const known = ranges.get(upstreamPrivateRanges)
  if (known !== undefined) return known
  const list = blockList(
    upstreamPrivateRanges.map((range) => {
      const [address = '', bits] = range.split('/')
      return [address, bits === undefined ? (isIP(address) === 6 ? 128 : 32) : Number(bits)]
    }),
  )
  ranges.set(upstreamPrivateRanges, list)
  return list
}

/** Why a URL cannot be a target by its form, or by the address it spells out; null when it can. Names are checked when dialled. */
export function urlProblem(text: string, rules: UrlRules): string | null {
  if (!URL.canParse(text)) return 'it is not a URL'
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'only http and https are targets'
  if (url.username !== '' || url.password !== '') return 'put credentials into the credential field, not into the URL'
  if (url.hash !== '') return 'leave out the fragment'
  // The WHATWG parser has already turned decimal, octal and hex spellings into dotted ones.
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0) return addressProblem(host, rules)
  if (host === 'localhost' || host.endsWith('.localhost')) return addressProblem('127.0.0.1', rules)
  return null
}

type Resolver = (name: string, done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void

const resolve: Resolver = (name, done) =>
  systemLookup(name, { all: true }, (error, addresses) => done(error, addresses ?? []))

/**
 * A `lookup` for sockets: resolves, refuses when any answer is forbidden, and hands over exactly the addresses it checked, so
 * that a name cannot move between the check and the connection.
 */
export function pinnedLookup(rules: UrlRules, resolver: Resolver = resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolver(hostname, (error, addresses) => {
      if (error !== null) return callback(error, '', 0)
      const problem = addresses.map(({ address }) => addressProblem(address, rules)).find((why) => why !== null)
      const first = addresses[0]
      if (problem !== undefined) return callback(forbidden(problem), '', 0)
      if (first === undefined) return callback(forbidden('the name has no address'), '', 0)
      if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

const forbidden = (why: string): NodeJS.ErrnoException => Object.assign(new Error(why), { code: 'forbidden-address' })
