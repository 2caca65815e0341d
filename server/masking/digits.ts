const digitsMin = 8
const textMax = 64

const [digit, separator] = [1, 2]
const classes = new Uint8Array(128)
for (const char of '0123456789') classes[char.charCodeAt(0)] = digit
for (const char of ' -._/()+,') classes[char.charCodeAt(0)] = separator
const classOf = (code: number): number => (code < 128 ? classes[code]! : 0)

/** The digits of a phone, card, account or social security number, which people print with or without separators; else null. */
export function digitsOf(value: string): string | null {
  if (value.length > textMax) return null
  let digits = ''
  for (let i = 0; i < value.length; i += 1) {
    const kind = classOf(value.charCodeAt(i))
    if (kind === 0) return null
    if (kind === digit) digits += value[i]
  }
  return digits.length < digitsMin ? null : digits
}

/** Digits that stand together but for separators, and where each of them stands. */
export type Cluster = { digits: string; at: number[] }

/** Every cluster of eight digits or more. One of eight characters is looked at: a cluster is no shorter. */
export function digitClusters(text: string): Cluster[] {
  const clusters: Cluster[] = []
  for (let i = digitsMin - 1; i < text.length; i += digitsMin) {
    if (classOf(text.charCodeAt(i)) === 0) continue
    let start = i
    while (start > 0 && classOf(text.charCodeAt(start - 1)) !== 0) start -= 1
    let end = i + 1
    while (end < text.length && classOf(text.charCodeAt(end)) !== 0) end += 1
    if (end - start >= digitsMin) {
      const cluster = clusterIn(text, start, end)
      if (cluster.digits.length >= digitsMin) clusters.push(cluster)
    }
    if (end > i) i = end - 1
  }
  return clusters
}

function clusterIn(text: string, start: number, end: number): Cluster {
  const at: number[] = []
  let digits = ''
  for (let i = start; i < end; i += 1) {
    if (classOf(text.charCodeAt(i)) !== digit) continue
    digits += text[i]
    at.push(i)
  }
  return { digits, at }
}
