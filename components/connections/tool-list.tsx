'use client'

import { useState } from 'react'
import type { ToolView } from '../../server/connections/schemas'
import type { HttpVerb, SqlArgument } from '../../server/types'
import { Input } from '../ui/field'
import { cardClass } from '../ui/page'
import { ToolRow } from './tool-row'

const searchedFrom = 8

type Props = { tools: ToolView[]; sql: SqlArgument[]; http: HttpVerb[] }

/** The catalog; long ones can be searched. */
export function ToolList({ tools, sql, http }: Props) {
  const [typed, setTyped] = useState('')
  const wanted = typed.trim().toLowerCase()
  const shown = tools.filter(({ name, title, description }) =>
    `${name} ${title} ${description}`.toLowerCase().includes(wanted),
  )
  return (
    <div className="flex flex-col gap-2">
      {tools.length < searchedFrom ? null : (
        <Input
          type="search"
          className="max-w-72"
          aria-label="Search tools"
          placeholder="Search tools"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      {shown.length === 0 ? (
        <p className="text-[13px] text-ink-soft">No tool by that name.</p>
      ) : (
        <ul className={cardClass}>
          {shown.map((tool) => (
            <ToolRow key={tool.name} {...{ tool, sql, http }} />
          ))}
        </ul>
      )}
    </div>
  )
}
