const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The origin to dial. Throws an Error for what would carry calls in clear over a network, unless `insecure`. */
export function gatewayOrigin(address: string, insecure: boolean): URL {
  if (!URL.canParse(address)) throw new Error(`\`${address}\` is not an address; use the one people open`)
  const url = new URL(address)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new Error(`\`${url.protocol}\` is not https; use the address people open`)
  if (url.protocol === 'http:' && !insecure && !loopback.has(url.hostname))
    throw new Error(`\`${url.origin}\` is not encrypted; use https, or say \`insecure\` if the network is trusted`)
  return new URL(url.origin)
}
