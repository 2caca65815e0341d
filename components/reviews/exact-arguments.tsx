'use client'

import { type ReactNode, useRef, useState } from 'react'
import { Code } from '../ui/code'
import { isLong, pretty } from '../ui/text'
import { splitSql } from './gist'

/** Arguments as they would run: SQL apart, the rest as JSON; what goes beside them; and how many folded parts nobody has unfolded yet. */
export function useExactArguments(text: string, meta: string | null): { shown: ReactNode; unread: number } {
  const { sql, rest } = splitSql(text)
  const texts = [
    ...sql.map(([, statement]) => statement),
    ...(rest === null ? [] : [pretty(rest)]),
    ...(meta === null ? [] : [pretty(meta)]),
  ]
  const unfolded = useRef(new Set<string>())
  const [seen, setSeen] = useState(0)
  // By what they are: two parts may hold the same text.
  const unfold = (part: string) => {
    unfolded.current.add(part)
    setSeen(unfolded.current.size)
  }
  const shown = (
    <div className="flex flex-col gap-2">
      {sql.map(([name, statement]) => (
        <Code key={name} text={statement} language="sql" label={name} onUnfold={() => unfold(`sql ${name}`)} />
      ))}
      {rest === null ? null : <Code text={pretty(rest)} label="arguments" onUnfold={() => unfold('arguments')} />}
      {meta === null ? null : (
        <>
          <p className="mt-1 text-[13px] text-ink-soft">
            Beside the arguments the client sends this in <code className="font-mono">_meta</code>, where the target can
            read it:
          </p>
          <Code text={pretty(meta)} label="_meta" onUnfold={() => unfold('meta')} />
        </>
      )}
    </div>
  )
  return { shown, unread: texts.filter(isLong).length - seen }
}
