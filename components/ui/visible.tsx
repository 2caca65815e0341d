import { Fragment, type ReactNode } from 'react'

/**
 * Characters that can make text look like other text, or hide it (Unicode TR 36): controls, format characters (bidirectional,
 * zero-width, tags), lone surrogates, fillers, and every space but the plain one. What joins emoji is left alone.
 */
const tricky =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: variation selectors are looked for, each by itself
  /(?![\n\t ]|(?<=\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)[\ufe0f\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Zs}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu

const names: Record<number, string> = {
  0: 'NUL',
  13: 'CR',
  27: 'ESC',
  160: 'no-break space',
  173: 'soft hyphen',
  8203: 'zero-width space',
  8204: 'zero-width non-joiner',
  8205: 'zero-width joiner',
  8206: 'left-to-right mark',
  8207: 'right-to-left mark',
  8234: 'left-to-right embedding',
  8235: 'right-to-left embedding',
  8236: 'end of direction',
  8237: 'left-to-right override',
  8238: 'right-to-left override',
  65279: 'byte order mark',
}

export const hasTricky = (text: string): boolean => text.search(tricky) !== -1

function Mark({ char }: { char: string }) {
  const code = char.codePointAt(0) ?? 0
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return (
    <span
      className="mx-px rounded bg-surface-raised px-1 font-mono text-[0.85em] text-deny ring-1 ring-deny/50"
      title={names[code] ?? 'a character that cannot be seen'}
    >
      {names[code] === undefined ? hex : `${hex} ${names[code]}`}
    </span>
  )
}

/** Text with what cannot be seen shown as marks, and its direction kept to itself. */
export function Visible({ text }: { text: string }) {
  const out: ReactNode[] = []
  let at = 0
  for (const { 0: char, index } of text.matchAll(tricky)) {
    out.push(text.slice(at, index), <Mark key={index} char={char} />)
    at = index + char.length
  }
  out.push(text.slice(at))
  return (
    <bdi className="whitespace-[inherit]">
      {out.map((piece, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never move
        <Fragment key={index}>{piece}</Fragment>
      ))}
    </bdi>
  )
}
