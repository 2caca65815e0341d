import { BlockList, isIP } from 'node:net'

export type UrlRules = { local: boolean; upstreamPrivateRanges: string[] }

/** Never a target, whatever the operator allows: these lead to machines' metadata, to nobody, or to everybody. */
const never = blockList([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
])

const loopback = blockList([
  ['127.0.0.0', 8],
  ['::1', 128],
])

/** RFC 1918, RFC 6598, and what RFC 6890 keeps from the public internet. */
const privateRanges = blockList([
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
])

/** All that is routed publicly (RFC 4291); the rest of IPv6 is somebody's own. */
const globalUnicast = blockList([['2000::', 3]])

function blockList(ranges: [address: string, bits: number][]): BlockList {
  const list = new BlockList()
  for (const [address, bits] of ranges) list.addSubnet(address, bits, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return list
}

const has = (list: BlockList, address: string): boolean => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Why calls may not go to an IP address; null when they may. One that carries IPv4 addresses is judged by those as well. */
export function addressProblem(address: string, rules: UrlRules): string | null {
  const kind = isIP(address)
  if (kind === 0 || address.includes('%')) return 'it is not an address that can be a target'
  if (kind === 4) return plainProblem(address, rules)
  const groups = groupsOf(address)
  const mapped = mappedIn(groups)
  if (mapped !== null) return plainProblem(mapped, rules)
  return [address, ...embeddedIn(groups)].map((one) => plainProblem(one, rules)).find((why) => why !== null) ?? null
}

function plainProblem(address: string, rules: UrlRules): string | null {
  if (has(never, address)) return 'link-local, metadata and multicast addresses are never targets'
  const operator = operatorRanges(rules)
  if (has(isIP(address) === 4 ? operator.v4 : operator.v6, address)) return null
  if (has(loopback, address))
    return rules.local ? null : 'loopback addresses are not targets; set UPSTREAM_PRIVATE_RANGES to allow them'
  const isPrivate = has(privateRanges, address) || (isIP(address) === 6 && !has(globalUnicast, address))
  return isPrivate ? 'the address is private; set UPSTREAM_PRIVATE_RANGES to allow its network' : null
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  // The WHATWG parser writes every spelling in one way, a dotted tail as groups.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const [first, last] = [numbers(head), numbers(tail ?? '')]
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
}

const dotted = (high = 0, low = 0): string => `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`

/** `::ffff:127.0.0.1` is 127.0.0.1 (RFC 4291, section 2.5.5.2). */
const mappedIn = (groups: number[]): string | null =>
  groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff ? dotted(groups[6], groups[7]) : null

/** What a translator or a tunnel on the way would make of it. */
function embeddedIn(groups: number[]): string[] {
  const [a, b, c, d, e, f, g, h] = groups
  const zero = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0)
  const found: string[] = []
  // IPv4-compatible (RFC 4291), but `::` and `::1`; IPv4-translated (RFC 2765).
  if (zero(0, 6) && (g !== 0 || (h ?? 0) > 1)) found.push(dotted(g, h))
  if (zero(0, 4) && e === 0xffff && f === 0) found.push(dotted(g, h))
  // NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), Teredo (RFC 4380), ISATAP (RFC 5214).
  if (a === 0x64 && b === 0xff9b) found.push(dotted(g, h))
  if (a === 0x2002) found.push(dotted(b, c))
  if (a === 0x2001 && b === 0) found.push(dotted(c, d), dotted((g ?? 0) ^ 0xffff, (h ?? 0) ^ 0xffff))
  if ((e === 0 || e === 0x200) && f === 0x5efe) found.push(dotted(g, h))
  return found
}

type Ranges = { v4: BlockList; v6: BlockList }
const ranges = new WeakMap<string[], Ranges>()

// In one list `::/0` would cover every IPv4 address too.
function operatorRanges({ upstreamPrivateRanges }: UrlRules): Ranges {
  const known = ranges.get(upstreamPrivateRanges)
  if (known !== undefined) return known
  const parsed = upstreamPrivateRanges.map((range): [address: string, bits: number] => {
    const [address = '', bits] = range.split('/')
    return [address, bits === undefined ? (isIP(address) === 6 ? 128 : 32) : Number(bits)]
  })
  // What is no range allows nothing.
  const of = (kind: 4 | 6) =>
    blockList(
      parsed.filter(([address, bits]) => isIP(address) === kind && bits >= 0 && bits <= (kind === 4 ? 32 : 128)),
    )
  const made = { v4: of(4), v6: of(6) }
  ranges.set(upstreamPrivateRanges, made)
  return made
}
