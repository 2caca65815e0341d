'use client'

import { useCopy } from './use-copy'

const shownChars = 8

/** An id: short to read, whole on hover and when it is copied, which a click does. `bare`: its name stands before it already. */
export function CopyText({ text, name, bare = false }: { text: string; name: string; bare?: boolean }) {
  const { copied, copy } = useCopy(text, `The ${name} is ${text}`)
  return (
    <button
      type="button"
      onClick={copy}
      title={`${text}: copy`}
      aria-label={copied ? 'Copied' : `Copy ${name} ${text}`}
      className="inline-flex items-center gap-1 rounded py-0.5 hover:text-ink hover:underline"
    >
      {bare ? null : <span>{name}</span>}
      <code className="font-mono">{copied ? 'copied' : text.slice(0, shownChars)}</code>
    </button>
  )
}
