'use client'

import { clsx } from 'clsx'
import { Check, Copy } from 'lucide-react'
import { useCopy } from './use-copy'

/** Shows itself on hover and focus, and always where there is no hover. */
export function CopyButton({ text, label, className }: { text: string; label: string; className?: string }) {
  const { copied, copy } = useCopy(text, 'Select the text and copy it by hand.')
  return (
    <button
      type="button"
      onClick={copy}
      className={clsx(
        'rounded-md border border-line bg-surface-raised p-1.5 text-ink-soft hover:text-ink focus-visible:opacity-100 group-hover:opacity-100 pointer-fine:opacity-0',
        copied && 'opacity-100!',
        className,
      )}
      aria-label={copied ? 'Copied' : `Copy ${label}`}
    >
      {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
    </button>
  )
}
