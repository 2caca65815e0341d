'use client'

import { clsx } from 'clsx'
import { type KeyboardEvent, useRef, useState } from 'react'
import { Code } from '../ui/code'
import { type Way, ways } from './ways'

/** What each client needs, to copy. */
export function ConnectClient({ url, name }: { url: string; name: string }) {
  const [chosen, setChosen] = useState(ways[0] as Way)
  const tabs = useRef<HTMLDivElement>(null)
  const at = ways.indexOf(chosen)
  const move = (event: KeyboardEvent) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: ways.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    const index = (to + ways.length) % ways.length
    setChosen(ways[index] as Way)
    tabs.current?.querySelectorAll('button')[index]?.focus()
  }
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div ref={tabs} className="flex flex-wrap gap-1" role="tablist" aria-label="Client" onKeyDown={move}>
        {ways.map((way) => (
          <button
            key={way.client}
            type="button"
            role="tab"
            id={`client-${way.client}`}
            aria-selected={way === chosen}
            aria-controls="client-way"
            tabIndex={way === chosen ? 0 : -1}
            onClick={() => setChosen(way)}
            className={clsx(
              'rounded-md px-2.5 py-1 text-[13px] font-medium',
              way === chosen ? 'bg-surface-sunken' : 'text-ink-soft hover:bg-surface-sunken',
            )}
          >
            {way.client}
          </button>
        ))}
      </div>
      <div id="client-way" role="tabpanel" aria-labelledby={`client-${chosen.client}`} className="flex flex-col gap-3">
        {chosen.steps(url, name).map(({ about, text }) => (
          <div key={about} className="flex flex-col gap-1.5">
            <p className="text-[13px] text-ink-soft">{about}</p>
            <Code text={text} language={text.startsWith('{') ? 'json' : 'text'} label={`${chosen.client}: ${about}`} />
          </div>
        ))}
      </div>
    </div>
  )
}
