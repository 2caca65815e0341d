import type { JsonObject } from '../types'
import { base64, drawing } from './drawing.testing'
import { hostileTexts } from './hostile-texts.testing'

const answer = (result: JsonObject): JsonObject => ({ jsonrpc: '2.0', id: 1, result })

/** Where a text can stand: as a block of content, as data, in a blob. */
const hostileCarriers: Record<string, (text: string) => JsonObject> = {
  content: (text) => answer({ content: [{ type: 'text', text }] }),
  blob: (text) => answer({ contents: [{ uri: 'a://b', blob: base64(text) }] }),
  'many blocks': (text) => answer({ content: pieces(text, 64).map((piece) => ({ type: 'text', text: piece })) }),
  'many values': (text) =>
    answer({ content: [], structuredContent: { rows: pieces(text, 20).map((v) => ({ v, ssn: v })) } }),
  keys: (text) => answer({ content: [], structuredContent: Object.fromEntries(pieces(text, 30).map((k) => [k, 1])) }),
  uri: (uri) => answer({ content: [{ type: 'resource_link', uri, name: 'a' }] }),
}

function pieces(text: string, length: number): string[] {
  const found: string[] = []
  for (let i = 0; i < text.length; i += length) found.push(text.slice(i, i + length))
  return found
}

/** One hostile message of about `size` characters. */
export const messageOf = (shape: string, carrier: string, size: number, seed: number): JsonObject =>
  hostileCarriers[carrier]!(hostileTexts[shape]!(size, drawing(seed)).slice(0, size))
