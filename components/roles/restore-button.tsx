'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import { change } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/field'
import { Form } from '../ui/form'

/** Publishes an older version as a new one, after saying how much it changes. */
export function RestoreButton({ number, differences }: { number: number; differences: number }) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [message, setMessage] = useState(`Back to version ${number}`)
  const restore = async () => {
    try {
      const path = `/api/policy/versions/${number}/restore`
      const made = await change<{ number: number; changed: boolean }>('POST', path, { message })
      if (made.changed) toast.success(`Version ${made.number} is in force.`)
      else toast.info(`Version ${made.number}, in force, says the same. Nothing changed.`)
      setOpen(false)
      router.push('/roles/versions')
      router.refresh()
    } catch (error) {
      toast.error((error as Error).message)
    }
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>Roll back to this</Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={`Roll back to version ${number}`}
        about={`It becomes a new version, in force at once. ${differences} piece${differences === 1 ? '' : 's'} of the policy change${differences === 1 ? 's' : ''}.`}
      >
        <Form className="flex flex-col gap-3" onSend={() => void restore()}>
          <Field id="restore-message" label="Message">
            <Input id="restore-message" value={message} onChange={(event) => setMessage(event.target.value)} />
          </Field>
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Back</Button>
            <Button type="submit" look="main">
              Roll back
            </Button>
          </div>
        </Form>
      </Dialog>
    </>
  )
}
