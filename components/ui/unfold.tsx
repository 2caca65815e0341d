'use client'

import { type ReactNode, useState } from 'react'

type Props = { summary: ReactNode; className?: string; isRow?: boolean; children(): ReactNode }

/** A line that opens. What it holds is made when it is first opened: a list of hundreds may hold a whole policy in each. */
export function Unfold({ summary, className, isRow = false, children }: Props) {
  const [opened, setOpened] = useState(false)
  return (
    <details onToggle={(event) => (event.currentTarget.open ? setOpened(true) : undefined)}>
      <summary data-row={isRow || undefined} className={className}>
        {summary}
      </summary>
      {opened ? children() : null}
    </details>
  )
}
