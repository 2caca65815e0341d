'use client'

import { type ReactNode, useRef, useState } from 'react'
import { Code } from '../ui/code'
import { isLong, pretty } from '../ui/text'
import { splitSql } from './gist'

/** Arguments as they would run: SQL apart, the rest as JSON; and how many folded parts nobody has unfolded yet. */
export function useExactArguments(text: string): { shown: ReactNode; unread: number } {
  const { sql, rest } = splitSql(text)
  const texts = [...sql.map(([, statement]) => statement), ...(rest === null ? [] : [pretty(rest)])]
  const unfolded = useRef(new Set<string>())
  const [seen, setSeen] = useState(0)
  const unfold = (part: string) => {
    unfolded.current.add(part)
    setSeen(unfolded.current.size)
  }
  const shown = (
    <div className="flex flex-col gap-2">
      {sql.map(([name, statement]) => (
        <Code key={name} text={statement} language="sql" label={name} onUnfold={() => unfold(statement)} />
      ))}
      {rest === null ? null : <Code text={pretty(rest)} label="arguments" onUnfold={() => unfold(rest)} />}
    </div>
  )
  return { shown, unread: texts.filter(isLong).length - seen }
}
