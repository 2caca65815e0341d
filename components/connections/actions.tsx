'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import type { CheckResult } from '../../server/connections/schemas'
import { change } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/field'
import { Problem } from '../ui/page'

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

export function CredentialButton({ name, set }: { name: string; set: boolean }) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [header, setHeader] = useState('authorization')
  const [value, setValue] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const run = async (work: () => Promise<void>, done: string) => {
    setProblem(null)
    try {
      await work()
      setOpen(false)
      setValue('')
      toast.success(done)
      router.refresh()
    } catch (error) {
      setProblem((error as Error).message)
    }
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>{set ? 'Replace' : 'Set'}</Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Credential"
        about="Sealed at once and sent to this target only. Nobody can read it back."
      >
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault()
            void run(
              () =>
                change('PUT', `/api/connections/${name}/credential`, { type: 'headers', headers: { [header]: value } }),
              'Stored.',
            )
          }}
        >
          <Field id="cred-header" label="Header">
            <Input id="cred-header" value={header} onChange={(event) => setHeader(event.target.value)} />
          </Field>
          <Field id="cred-value" label="Value">
            <Input
              id="cred-value"
              type="password"
              value={value}
              onChange={(event) => setValue(event.target.value)}
              autoComplete="off"
              required
            />
          </Field>
          {problem === null ? null : <Problem>{problem}</Problem>}
          <div className="flex justify-end gap-2">
            {set ? (
              <Button
                look="danger"
                onClick={() => run(() => change('DELETE', `/api/connections/${name}/credential`), 'Removed.')}
              >
                Remove
              </Button>
            ) : null}
            <Button type="submit" look="main">
              Store
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  )
}

/** Says what breaks, in numbers, and wants the name typed: it cannot be undone. */
export function RemoveButton({ name, rules, sessions }: { name: string; rules: number; sessions: number }) {
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
        about={`Clients lose it at once. ${rules} rule${rules === 1 ? ' names' : 's name'} it and will match nothing; ${sessions} of the latest sessions used it. What was recorded stays.`}
      >
        <div className="flex flex-col gap-3">
          <Field id="typed" label={`Type ${name} to remove it`}>
            <Input id="typed" value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" />
          </Field>
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Keep it</Button>
            <Button look="danger" disabled={typed !== name} onClick={remove}>
              Remove
            </Button>
          </div>
        </div>
      </Dialog>
    </>
  )
}
