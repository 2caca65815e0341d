'use client'

import { useState } from 'react'
import { csrfToken } from './csrf-token'

/** Starts the code flow; the answer of next-auth is the address of the issuer. */
export function SignInButton({ next }: { next: string }) {
  const [state, setState] = useState<'idle' | 'leaving' | 'failed'>('idle')

  async function start() {
    setState('leaving')
    try {
      const body = new URLSearchParams({ csrfToken: await csrfToken(), callbackUrl: next, json: 'true' })
      const response = await fetch('/api/auth/signin/oidc', { method: 'POST', body })
      const { url } = (await response.json()) as { url: string }
      window.location.assign(url)
    } catch {
      setState('failed')
    }
  }

  return (
    <div className="flex flex-col gap-3">
      <button
        type="button"
        // biome-ignore lint/a11y/noAutofocus: the page has one purpose, and this is it
        autoFocus
        onClick={start}
        disabled={state === 'leaving'}
        className="h-9 w-full cursor-pointer rounded-[6px] bg-accent px-4 text-[14px] font-medium text-surface disabled:opacity-70"
      >
        {state === 'leaving' ? 'Signing in…' : 'Sign in'}
      </button>
      <p role="status" className="text-[13px] text-ink-soft">
        {state === 'failed' ? 'Sallyport does not answer. Check that it runs, and try again.' : ''}
      </p>
    </div>
  )
}
