'use client'

import { clsx } from 'clsx'
import { CircleDot, CircleMinus, CirclePlus } from 'lucide-react'
import type { Change } from '../../../server/roles/schemas'
import { DiffView } from '../../ui/diff-view'
import { Unfold } from '../../ui/unfold'
import { Words } from '../../ui/words'

const looks = {
  added: { word: 'added', icon: CirclePlus, color: 'text-allow' },
  removed: { word: 'removed', icon: CircleMinus, color: 'text-deny' },
  changed: { word: 'changed', icon: CircleDot, color: 'text-ink-soft' },
} as const

/** In words; opens to what it was and is. */
export function OneChange({ change }: { change: Change }) {
  const { word, icon: Icon, color } = looks[change.kind]
  return (
    <Unfold
      className="flex items-start gap-2 px-4 py-2.5 text-[13px] hover:bg-surface-sunken"
      summary={
        <>
          <Icon size={14} className={clsx('mt-0.5 shrink-0', color)} aria-hidden />
          <span className="min-w-0">
            <span className="sr-only">{word}: </span>
            <Words>{change.text}</Words>
          </span>
        </>
      }
    >
      {() => (
        <div className="px-4 pb-3">
          <DiffView
            before={lines(change.before)}
            after={lines(change.after)}
            label={`before and after: ${change.text}`}
          />
        </div>
      )}
    </Unfold>
  )
}

const lines = (value: unknown): string => (value === null || value === undefined ? '' : JSON.stringify(value, null, 2))
