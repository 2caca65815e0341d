'use client'

import { Check, Copy } from 'lucide-react'
import { Fragment, type ReactNode, useState } from 'react'
import { foldedLines } from './text'

/** Characters that can make text look like other text (Unicode TR 36): shown as marks. */
const tricky = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]/gu
const tokens = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)/g
const sqlWords =
  /('(?:[^']|'')*')|(--[^\n]*|\/\*[\s\S]*?\*\/)|\b(select|from|where|join|left|right|inner|outer|on|group|order|by|having|limit|offset|insert|into|values|update|set|delete|with|as|and|or|not|in|is|null|like|ilike|between|exists|union|all|distinct|case|when|then|else|end|create|drop|alter|table|returning|using|truncate|grant|copy)\b/gi

const mark = (char: string) => (
  <span className="rounded bg-deny/15 px-0.5 text-deny" title="a character that cannot be seen">
    U+{char.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}
  </span>
)

function visible(text: string): ReactNode[] {
  const out: ReactNode[] = []
  let at = 0
  for (const found of text.matchAll(tricky)) {
    if (found[0] === '\n' || found[0] === '\t') continue
    out.push(text.slice(at, found.index), mark(found[0]))
    at = found.index + found[0].length
  }
  out.push(text.slice(at))
  return out
}

type Token = { text: string; className: string | null }

function tokenize(text: string, language: 'json' | 'sql'): Token[] {
  const out: Token[] = []
  let at = 0
  for (const found of text.matchAll(language === 'json' ? tokens : sqlWords)) {
    out.push({ text: text.slice(at, found.index), className: null })
    out.push({ text: found[0], className: language === 'json' ? jsonClass(found) : sqlClass(found) })
    at = found.index + found[0].length
  }
  out.push({ text: text.slice(at), className: null })
  return out
}

// Masked values keep their ends at most, or stand as a word; both are easy to tell.
const maskedValue = /^"(\*{4}[^"]{0,12}|[^"]{0,12}\*{4}[^"]{0,12}|\[masked\])"$/

function jsonClass([whole, , colon, word, number]: RegExpMatchArray): string {
  if (colon !== undefined) return 'text-ink'
  if (maskedValue.test(whole)) return 'rounded bg-masked/15 px-0.5 text-masked'
  if (word !== undefined) return 'text-accent'
  return number === undefined ? 'text-ink-soft' : 'text-accent'
}

const sqlClass = ([, string, comment]: RegExpMatchArray): string =>
  string !== undefined ? 'text-ink-soft' : comment !== undefined ? 'text-ink-soft italic' : 'font-semibold text-accent'

type Props = { text: string; language?: 'json' | 'sql'; label: string; onUnfold?: () => void; unfolded?: boolean }

/** JSON or SQL: coloured, folded past 12 lines, with what cannot be seen made visible. */
export function Code({ text, language = 'json', label, onUnfold, unfolded = false }: Props) {
  const [open, setOpen] = useState(unfolded)
  const [copied, setCopied] = useState(false)
  const lines = text.split('\n')
  const folded = !open && lines.length > foldedLines
  const shown = folded ? lines.slice(0, foldedLines).join('\n') : text
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <figure className="group relative rounded-md border border-line bg-surface-sunken" aria-label={label}>
      <pre className="p-3 pr-10 font-mono text-[12.5px] leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {tokenize(shown, language).map(({ text: part, className }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: tokens of one text never move
          <span key={index} className={className ?? undefined}>
            {visible(part).map((piece, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never move
              <Fragment key={n}>{piece}</Fragment>
            ))}
          </span>
        ))}
      </pre>
      <button
        type="button"
        onClick={copy}
        className="absolute top-1.5 right-1.5 rounded-md p-1.5 text-ink-soft opacity-0 hover:text-ink focus-visible:opacity-100 group-hover:opacity-100"
        aria-label={`Copy ${label}`}
      >
        {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      </button>
      {folded ? (
        <button
          type="button"
          className="w-full border-t border-line py-1.5 text-[13px] font-medium text-accent"
          onClick={() => {
            setOpen(true)
            onUnfold?.()
          }}
        >
          Show all {lines.length} lines
        </button>
      ) : null}
    </figure>
  )
}
