'use client'

import { useState } from 'react'
import { toast } from 'sonner'

const shownMs = 1500

/** Copies `text`; `copied` for a moment afterwards. `otherwise`: what to say where the browser lets no page copy. */
export function useCopy(text: string, otherwise: string): { copied: boolean; copy(): Promise<void> } {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
      setTimeout(() => setCopied(false), shownMs)
    } catch {
      toast.error(`The browser does not let this page copy. ${otherwise}`)
    }
  }
  return { copied, copy }
}
