import type { Token } from './sql-tokens'

const parts = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)/g

/** The forms that masks leave behind, see the styles of a mask. */
const masked = /\[masked\]|\*{4}[^\s"'*\\]{0,4}|\bhash:[\w-]{12}(?![\w-])/g

/** JSON text in coloured pieces. `showMasked` tells the masked parts of strings apart: only for text that was masked. */
export function jsonTokens(text: string, showMasked: boolean): Token[] {
  const out: Token[] = []
  let at = 0
  for (const found of text.matchAll(parts)) {
    const [whole, string, colon] = found
    out.push({ kind: 'plain', text: text.slice(at, found.index) })
    if (string === undefined) out.push({ kind: 'number', text: whole })
    else if (colon !== undefined) out.push({ kind: 'key', text: whole })
    else out.push(...(showMasked ? maskedTokens(whole) : [{ kind: 'string' as const, text: whole }]))
    at = found.index + whole.length
  }
  out.push({ kind: 'plain', text: text.slice(at) })
  return out.filter((token) => token.text !== '')
}

export function maskedTokens(text: string): Token[] {
  const out: Token[] = []
  let at = 0
  for (const found of text.matchAll(masked)) {
    out.push({ kind: 'string', text: text.slice(at, found.index) }, { kind: 'masked', text: found[0] })
    at = found.index + found[0].length
  }
  out.push({ kind: 'string', text: text.slice(at) })
  return out.filter((token) => token.text !== '')
}
