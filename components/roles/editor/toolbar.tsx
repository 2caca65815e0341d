'use client'

import { Redo2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { count } from '../../ui/text'
import type { Check } from '../draft/use-check'
import type { Draft } from '../draft/use-draft'

/** `back`: what was open before publishing was looked at. */
type Props = { draft: Draft; check: Check; at: string; back: string; onGo(path: string): void }

/** Undo, redo, how the draft stands, and the way on. */
export function Toolbar({ draft, check, at, back, onGo }: Props) {
  return (
    <div className="sticky top-(--banner) z-10 -mx-1 flex flex-wrap items-center gap-2 border-b border-line bg-surface px-1 py-2">
      <Button look="quiet" className="px-2" aria-label="Undo" disabled={!draft.canUndo} onClick={draft.undo}>
        <Undo2 size={15} aria-hidden />
      </Button>
      <Button look="quiet" className="px-2" aria-label="Redo" disabled={!draft.canRedo} onClick={draft.redo}>
        <Redo2 size={15} aria-hidden />
      </Button>
      <p className="min-w-0 flex-1 text-[13px] text-ink-soft max-sm:order-last max-sm:basis-full" role="status">
        {standing(draft, check)}
      </p>
      <Discard draft={draft} />
      {at === 'publish' ? (
        <Button onClick={() => onGo(back)}>Back to editing</Button>
      ) : (
        <Button look="main" disabled={!draft.isChanged} onClick={() => onGo('publish')}>
          Review and publish
        </Button>
      )}
    </div>
  )
}

function standing(draft: Draft, { check, problem }: Check): string {
  if (problem !== null) return `could not be checked: ${problem}`
  const conflict = check?.conflict ?? null
  if (conflict !== null)
    return `${conflict.author} published version ${conflict.version}; this draft stands on version ${draft.base.number}`
  if (!draft.isChanged)
    return draft.base.number === 0 ? 'nothing is in force yet' : `as version ${draft.base.number}, in force`
  const problems = check?.problems ?? []
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const found = [
    check === null || check.document === null ? '' : count(check.changes.length, 'change'),
    errors === 0 ? '' : count(errors, 'error'),
    problems.length === errors ? '' : count(problems.length - errors, 'warning'),
  ]
  return [`draft on version ${draft.base.number}`, ...found].filter((part) => part !== '').join(', ')
}

function Discard({ draft }: { draft: Draft }) {
  const [open, setOpen] = useState(false)
  if (!draft.isChanged) return null
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)}>
        Discard
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Discard this draft?"
        about="All of it goes, and cannot be brought back. The policy in force stays as it is."
      >
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>Keep it</Button>
          <Button
            look="danger"
            onClick={() => {
              draft.discard()
              setOpen(false)
            }}
          >
            Discard
          </Button>
        </div>
      </Dialog>
    </>
  )
}
