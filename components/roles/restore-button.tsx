'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import type { Conflict } from '../../server/roles/schemas'
import { type ApiProblem, change } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/field'
import { Form } from '../ui/form'
import { count } from '../ui/text'
import { ChangesList } from './publish/changes-list'

type Props = { number: number; differences: number; newest: number }
type Made = { number: number; changed: boolean }

/** Publishes an older version as a new one, after saying how much it changes; and again, when that is not so any more. */
export function RestoreButton({ number, differences, newest }: Props) {
  const router = useRouter()
  // As it was when the button was pressed: the page behind the dialog goes on.
  const [seen, setSeen] = useState<{ newest: number; differences: number } | null>(null)
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const [message, setMessage] = useState(`Back to version ${number}`)
  const close = () => {
    setSeen(null)
    setConflict(null)
  }
  const restore = async () => {
    try {
      const body = { message, basedOn: conflict?.version ?? seen?.newest }
      const made = await change<Made>('POST', `/api/policy/versions/${number}/restore`, body)
      if (made.changed) toast.success(`Version ${made.number} is in force.`)
      else toast.info(`Version ${made.number}, in force, says the same. Nothing changed.`)
      close()
      router.push('/roles/versions')
      router.refresh()
    } catch (error) {
      const { status, message: why, details } = error as ApiProblem
      const theirs = (details as { conflict?: Conflict | null } | undefined)?.conflict ?? null
      if (status === 409 && theirs !== null) setConflict(theirs)
      else toast.error(why)
    }
  }
  const pieces = seen?.differences ?? differences
  return (
    <>
      <Button onClick={() => setSeen({ newest, differences })}>Roll back to this</Button>
      <Dialog
        open={seen !== null}
        onClose={close}
        title={`Roll back to version ${number}`}
        about={`It becomes a new version, in force at once. ${count(pieces, 'piece')} of the policy ${pieces === 1 ? 'changes' : 'change'}.`}
      >
        <Form className="flex flex-col gap-3" onSend={() => void restore()}>
          {conflict === null ? null : <Meanwhile conflict={conflict} />}
          <Field id="restore-message" label="Message">
            <Input id="restore-message" value={message} onChange={(event) => setMessage(event.target.value)} />
          </Field>
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Back</Button>
            <Button type="submit" look={conflict === null ? 'main' : 'danger'}>
              {conflict === null ? 'Roll back' : 'Roll back all the same'}
            </Button>
          </div>
        </Form>
      </Dialog>
    </>
  )
}

const Meanwhile = ({ conflict: { author, version, message, changes } }: { conflict: Conflict }) => (
  <div role="alert" className="flex flex-col gap-2 rounded-md border border-review/50 bg-review/5 px-3 py-2">
    <p className="text-[13px]">
      <strong className="font-semibold">
        {author} published version {version} meanwhile
      </strong>
      : “{message}”. Nothing was rolled back. Going on takes this back too:
    </p>
    <ChangesList changes={changes} />
  </div>
)
