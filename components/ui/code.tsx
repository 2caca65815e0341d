'use client'

import { clsx } from 'clsx'
import { EyeOff } from 'lucide-react'
import { useState } from 'react'
import { CopyButton } from './copy-button'
import { jsonTokens, maskedTokens } from './json-tokens'
import { sqlTokens, type Token } from './sql-tokens'
import { folded, isLong } from './text'
import { Visible } from './visible'

const looks = {
  plain: 'text-ink',
  key: 'text-ink',
  word: 'font-semibold text-accent',
  number: 'text-accent',
  string: 'text-code-string',
  name: 'text-ink',
  comment: 'italic text-ink-soft',
  masked: '',
} satisfies Record<Token['kind'], string>

// Colouring more than this would cost more than it helps.
const colouredChars = 200_000

type Language = 'json' | 'sql' | 'mysql' | 'text'
type Props = {
  text: string
  language?: Language
  label: string
  /** The masks that worked on this text, when it was masked. */
  masks?: string[] | undefined
  onUnfold?: (() => void) | undefined
  className?: string
}

/** JSON, SQL or text: coloured, folded past 12 lines, with what cannot be seen made visible. */
export function Code({ text, language = 'json', label, masks, onUnfold, className }: Props) {
  const [open, setOpen] = useState(false)
  const long = isLong(text)
  const shown = long && !open ? folded(text) : text
  return (
    <figure
      className={clsx(
        'group relative min-w-0 overflow-hidden rounded-md border border-line bg-surface-sunken',
        className,
      )}
      aria-label={label}
    >
      <pre className="px-3 py-2.5 pr-10 font-mono text-[12.5px] leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {tokensOf(shown, language, masks !== undefined).map((token, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: tokens of one text never move
          <Piece key={index} token={token} masks={masks} />
        ))}
        {long && !open ? <span aria-hidden>{'\n'}…</span> : null}
      </pre>
      <CopyButton text={text} label={label} className="absolute top-1.5 right-1.5" />
      {long ? (
        <Fold
          open={open}
          text={text}
          onToggle={() => {
            setOpen(!open)
            if (!open) onUnfold?.()
          }}
        />
      ) : null}
    </figure>
  )
}

function Piece({ token, masks }: { token: Token; masks: string[] | undefined }) {
  if (token.kind === 'masked') return <MaskedChip text={token.text} masks={masks ?? []} />
  return (
    <span className={looks[token.kind]}>
      <Visible text={token.text} />
    </span>
  )
}

/** Something that was hidden, and by which mask. */
function MaskedChip({ text, masks }: { text: string; masks: string[] }) {
  const by = masks.length === 0 ? 'masked' : `masked by ${masks.join(' or ')}`
  return (
    <span
      className="mx-px inline-flex items-center gap-1 rounded bg-masked/12 px-1 align-baseline font-medium text-masked"
      title={by}
    >
      <EyeOff size={11} aria-hidden />
      {text}
      <span className="sr-only">, {by}</span>
    </span>
  )
}

function Fold({ open, text, onToggle }: { open: boolean; text: string; onToggle: () => void }) {
  const lines = text.split('\n').length
  const size = lines > 1 ? `${lines} lines` : `${text.length.toLocaleString('en')} characters`
  return (
    <button
      type="button"
      className="w-full border-t border-line bg-surface-raised py-1.5 text-[13px] font-medium text-accent hover:bg-surface-sunken"
      aria-expanded={open}
      onClick={onToggle}
    >
      {open ? 'Show less' : `Show all ${size}`}
    </button>
  )
}

function tokensOf(text: string, language: Language, masked: boolean): Token[] {
  if (text.length > colouredChars) return [{ kind: 'plain', text }]
  if (language === 'json') return jsonTokens(text, masked)
  if (language === 'text') return masked ? maskedTokens(text) : [{ kind: 'plain', text }]
  return sqlTokens(text, language === 'mysql' ? 'mysql' : 'postgres')
}
