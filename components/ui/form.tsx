'use client'

import type { ReactNode } from 'react'

type Props = { onSend: () => void; className: string; 'aria-label'?: string; children: ReactNode }

/** A form that this page sends: with its button, and with Ctrl-Enter or Cmd-Enter from any of its fields. */
export function Form({ onSend, children, ...rest }: Props) {
  return (
    <form
      {...rest}
      onSubmit={(event) => {
        event.preventDefault()
        onSend()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.requestSubmit()
      }}
    >
      {children}
    </form>
  )
}
