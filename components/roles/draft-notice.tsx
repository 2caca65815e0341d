'use client'

import { useEffect, useState } from 'react'
import { Link } from '../ui/link'
import { Time } from '../ui/time'
import { type KeptDraft, readDraft } from './draft/store'

/** Says that this browser keeps a draft of the viewer's. */
export function DraftNotice({ viewer, number }: { viewer: string; number: number }) {
  const [draft, setDraft] = useState<KeptDraft | null>(null)
  useEffect(() => setDraft(readDraft(viewer)), [viewer])
  if (draft === null) return null
  return (
    <p className="rounded-md border border-line bg-surface-raised px-3 py-2 text-[13px]">
      You have a draft from <Time at={draft.at} />, made on version {draft.basedOn}
      {draft.basedOn === number ? '' : `; version ${number} came since`}.{' '}
      <Link href="/roles/edit" className="text-accent underline underline-offset-2">
        Go on with it
      </Link>
    </p>
  )
}
