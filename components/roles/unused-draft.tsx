'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import type { PolicyDocument } from '../../server/types'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { keepDraft, readDraft } from './draft/store'

/** `draft` and `base` are documents as JSON, which a page carries faster. */
type Props = { viewer: string; draft: string; base: string; basedOn: number }

/** Opens the policy without the unused as a draft; one that is there already is not lost without a question. */
export function UnusedDraft({ viewer, draft, base, basedOn }: Props) {
  const router = useRouter()
  const [asking, setAsking] = useState(false)
  const open = () => {
    const read = (text: string) => JSON.parse(text) as PolicyDocument
    if (!keepDraft(viewer, { basedOn, base: read(base), document: read(draft), message: '' })) {
      toast.error('This browser keeps no drafts, so there is no place for one.')
      return
    }
    router.push('/roles/edit?at=publish')
  }
  return (
    <>
      <Button look="main" onClick={() => (readDraft(viewer) === null ? open() : setAsking(true))}>
        Make a draft without them
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Replace the draft you have?"
        about="This browser keeps one draft of yours, and it is not published yet."
      >
        <div className="flex justify-end gap-2">
          <Button onClick={() => setAsking(false)}>Keep it</Button>
          <Button look="danger" onClick={open}>
            Replace it
          </Button>
        </div>
      </Dialog>
    </>
  )
}
