/**
 * The hosts of the addresses that recorded messages ask a person to open (MCP, elicitation in URL mode), each once. An address can
 * look like another one, its host cannot: other scripts show as `xn--`. What is no address of the web stands as it is.
 */
export function askedHosts(...texts: (string | null)[]): string[] {
  const found = new Set<string>()
  for (const text of texts) if (text?.includes('"url"')) collect(parsed(text), found)
  return [...found]
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  const { mode, url } = value as { mode?: unknown; url?: unknown }
  if (mode === 'url' && typeof url === 'string') found.add(hostOf(url))
  for (const one of Object.values(value)) collect(one, found)
}

function hostOf(url: string): string {
  if (!URL.canParse(url)) return url
  const { host, protocol } = new URL(url)
  return protocol === 'https:' ? host : `${protocol}//${host}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
