'use client'

import { type ReactNode, useSyncExternalStore } from 'react'

type Props = { onSend: () => void; className: string; 'aria-label'?: string; children: ReactNode }

const never = () => () => {}

/**
 * A form that this page sends: with its button, and with Ctrl-Enter or Cmd-Enter from any of its fields.
 * Until the page is alive nothing can be typed: the browser itself would send it, into the address, and forget it.
 */
export function Form({ onSend, children, ...rest }: Props) {
  const alive = useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
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
      <fieldset className="contents" disabled={!alive}>
        {children}
      </fieldset>
    </form>
  )
}
