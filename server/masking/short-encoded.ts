import type { Cover } from './spans'

// In base64 these are 8 to 15 characters, fewer than are tried as an encoded text wherever they stand.
const [bytesMin, bytesMax] = [6, 11]

/** Values too short for their base64 to be found by its own looks (RFC 4648, both alphabets, without padding). */
export function inBase64(values: Map<string, Cover>): [string, Cover][] {
  const forms: [string, Cover][] = []
  for (const [value, cover] of values) {
    if (value.length > bytesMax) continue
    const bytes = Buffer.from(value)
    if (bytes.length < bytesMin || bytes.length > bytesMax) continue
    const form = bytes.toString('base64').replace(/=+$/, '')
    forms.push([form, cover])
    if (/[+/]/.test(form)) forms.push([form.replaceAll('+', '-').replaceAll('/', '_'), cover])
  }
  return forms
}
