'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import type { CheckResult } from '../../server/connections/schemas'
import { change } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/field'
import { Form } from '../ui/form'
import { Problem } from '../ui/page'
import { Headers } from './credential-fields'
import { emptyHeader } from './form-values'

/** Asks the target now, with the gateway's own credential. */
export function TestButton({ name }: { name: string }) {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const test = async () => {
    setBusy(true)
    try {
      const result = await change<CheckResult>('POST', `/api/connections/${name}/test`)
      if (result.ok) toast.success(`${name} ${result.message} (${result.latencyMs} ms)`)
      else toast.error(result.message)
    } catch (error) {
      toast.error((error as Error).message)
    }
    setBusy(false)
    router.refresh()
  }
  return (
    <Button onClick={test} disabled={busy}>
      {busy ? 'Testing…' : 'Test'}
    </Button>
  )
}

/** Write-only: replaced or removed, never shown. */
export function CredentialButton({ name, set }: { name: string; set: boolean }) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [rows, setRows] = useState([emptyHeader()])
  const [problem, setProblem] = useState<string | null>(null)
  const run = async (work: () => Promise<void>, done: string) => {
    setProblem(null)
    try {
      await work()
      setOpen(false)
      setRows([emptyHeader()])
      toast.success(done)
      router.refresh()
    } catch (error) {
      setProblem((error as Error).message)
    }
  }
  const path = `/api/connections/${name}/credential`
  const headers = () => Object.fromEntries(rows.map((row) => [row.name.trim(), row.value]))
  const store = () => change('PUT', path, { type: 'headers', headers: headers() })
  return (
    <>
      <Button className="sm:-my-1.5" onClick={() => setOpen(true)}>
        {set ? 'Replace' : 'Set'}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={`Credential for ${name}`}
        about="Sealed at once and sent to this target only. Nobody can read it back."
      >
        <Form
          className="flex flex-col gap-3"
          onSend={() => void run(store, 'Stored. Test the connection to see whether the target takes it.')}
        >
          <Headers rows={rows} set={setRows} />
          {problem === null ? null : <Problem>{problem}</Problem>}
          <div className="flex justify-end gap-2">
            {set ? (
              <Button look="danger" onClick={() => run(() => change('DELETE', path), 'Removed.')}>
                Remove
              </Button>
            ) : null}
            <Button type="submit" look="main">
              Store
            </Button>
          </div>
        </Form>
      </Dialog>
    </>
  )
}

/** Says what breaks, in numbers, and wants the name typed: it cannot be undone. */
export function RemoveButton({ name, breaks }: { name: string; breaks: string[] }) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const remove = async () => {
    try {
      await change('DELETE', `/api/connections/${name}`)
      toast.success(`${name} is removed.`)
      router.push('/connections')
      router.refresh()
    } catch (error) {
      toast.error((error as Error).message)
    }
  }
  return (
    <>
      <Button look="danger" onClick={() => setOpen(true)}>
        Remove
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={`Remove ${name}`}
        about="It cannot be undone. What was recorded of it stays."
      >
        <Form
          className="flex flex-col gap-3"
          onSend={() => {
            if (typed === name) void remove()
          }}
        >
          <ul className="list-disc pl-5 text-[13px]">
            {breaks.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
          <Field id="typed" label={`Type ${name} to remove it`}>
            <Input id="typed" value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" />
          </Field>
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Keep it</Button>
            <Button type="submit" look="danger" disabled={typed !== name}>
              Remove
            </Button>
          </div>
        </Form>
      </Dialog>
    </>
  )
}
