import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { addressProblem, type UrlRules } from './addresses'

export type { UrlRules } from './addresses'

/** Why a URL cannot be a target by its form, or by the address it spells out; null when it can. Names are checked when dialled. */
export function urlProblem(text: string, rules: UrlRules): string | null {
  if (!URL.canParse(text)) return 'it is not a URL'
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'only http and https are targets'
  if (url.username !== '' || url.password !== '') return 'put credentials into the credential field, not into the URL'
  if (url.href.includes('#')) return 'leave out the fragment'
  // The WHATWG parser has already turned decimal, octal and hex spellings into dotted ones.
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0) return addressProblem(host, rules)
  if (/(^|\.)localhost\.?$/.test(host)) return addressProblem('127.0.0.1', rules)
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
      if (problem !== undefined && problem !== null) return callback(forbidden(problem), '', 0)
      const wanted = addresses.filter(({ family }) => !options.family || family === Number(options.family))
      const first = wanted[0]
      if (first === undefined) return callback(forbidden('the name has no address'), '', 0)
      if (options.all === true) callback(null, wanted)
      else callback(null, first.address, first.family)
    })
  }
}

const forbidden = (why: string): NodeJS.ErrnoException => Object.assign(new Error(why), { code: 'forbidden-address' })
