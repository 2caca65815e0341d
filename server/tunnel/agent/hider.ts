import { credentialForms } from '../../masking/credentials'

const mark = Buffer.from('[masked]')
const lengthMin = 6

/** Hides this agent's own secrets, whatever target says them: plain, JSON-escaped, URL-encoded, hex and base64. */
export type Hider = {
  /** Shorter than six characters is not hidden: it would be found in everything. */
  add(secret: string): void
  /** What stands before the `@` of a URL is a secret of its own. */
  addPasswordOf(value: string): void
  text(text: string): string
  bytes(bytes: Uint8Array): Uint8Array
  /** Chunk by chunk; a secret that is cut in two is found. Only what may be the start of one is held back. */
  stream(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>
}

export function createHider(): Hider {
  const known = new Set<string>()
  let needles: Buffer[] = []
  const add = (secret: string) => {
    if (secret.length < lengthMin || known.has(secret)) return
    known.add(secret)
    needles = [...new Set(formsOf([...known]))].map((form) => Buffer.from(form))
  }
  const bytes = (given: Uint8Array) => cut(asBuffer(given), needles, true).shown
  return {
    add,
    addPasswordOf: (value) => {
      try {
        const { password } = new URL(value)
        add(password)
        add(decodeURIComponent(password))
      } catch {
        // No URL, or no password that decodes.
      }
    },
    text: (text) => Buffer.from(bytes(Buffer.from(text))).toString(),
    bytes,
    stream: (body) => hideStream(body, () => needles),
  }
}

const formsOf = (secrets: string[]): string[] =>
  credentialForms(secrets)
    .map(([form]) => form)
    .filter((form) => form.length >= lengthMin)
    .flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())])

async function* hideStream(body: AsyncIterable<Uint8Array>, needles: () => Buffer[]): AsyncGenerator<Uint8Array> {
  let held: Buffer = Buffer.alloc(0)
  for await (const chunk of body) {
    const joined = held.length === 0 ? asBuffer(chunk) : Buffer.concat([held, chunk])
    const { shown, rest } = cut(joined, needles(), false)
    held = rest
    if (shown.length > 0) yield shown
  }
  if (held.length > 0) yield cut(held, needles(), true).shown
}

/** `rest` may be the start of a needle, or of a hidden part that goes on. */
function cut(bytes: Buffer, needles: Buffer[], last: boolean): { shown: Buffer; rest: Buffer } {
  const spans = needles.flatMap((needle) => spansOf(bytes, needle)).sort((a, b) => a[0] - b[0])
  const longest = needles.reduce((most, { length }) => Math.max(most, length), 0)
  let end = last ? bytes.length : startOfSome(bytes, needles)
  for (const [from, to] of spans.toReversed()) if (from < end && to > end) end = from
  // A secret that repeats itself could hold back a stream for ever.
  if (bytes.length - end > 4 * longest) end = bytes.length
  const parts: Buffer[] = []
  let at = 0
  let hiddenTo = 0
  for (const [from, to] of spans) {
    if (from >= end) break
    if (from >= hiddenTo) parts.push(bytes.subarray(at, from), mark)
    hiddenTo = Math.max(hiddenTo, to)
    at = hiddenTo
  }
  if (parts.length === 0) return { shown: bytes.subarray(0, end), rest: bytes.subarray(end) }
  parts.push(bytes.subarray(at, end))
  return { shown: Buffer.concat(parts), rest: bytes.subarray(end) }
}

function spansOf(bytes: Buffer, needle: Buffer): [from: number, to: number][] {
  const spans: [number, number][] = []
  for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + 1))
    spans.push([at, at + needle.length])
  return spans
}

/** Where the longest end of `bytes` that begins a needle starts; the length when none does. */
function startOfSome(bytes: Buffer, needles: Buffer[]): number {
  let start = bytes.length
  for (const needle of needles) {
    for (let at = Math.max(0, bytes.length - needle.length + 1); at < start; at += 1) {
      if (bytes[at] !== needle[0]) continue
      if (bytes.subarray(at).equals(needle.subarray(0, bytes.length - at))) start = at
    }
  }
  return start
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
