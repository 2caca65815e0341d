'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { type ApiProblem, change } from '../api'
import { Button } from '../ui/button'
import { Code } from '../ui/code'
import { Dialog } from '../ui/dialog'
import { Field, Input, inputClass } from '../ui/field'
import { Form } from '../ui/form'
import { Problem } from '../ui/page'

const empty = { name: '', kind: 'webhook', url: '', from: '', to: '', groups: '', afterMinutes: '0' }
type Values = typeof empty

/** A form for one more channel; what a webhook is signed with is shown once, afterwards. */
export function AddChannel() {
  const [open, setOpen] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const close = () => {
    setOpen(false)
    setSecret(null)
  }
  const added = (given: string | null) => (given === null ? close() : setSecret(given))
  return (
    <>
      <Button look="main" onClick={() => setOpen(true)}>
        Add a channel
      </Button>
      <Dialog
        open={open}
        onClose={close}
        title={secret === null ? 'Add a channel' : 'Its secret'}
        about={
          secret === null
            ? 'It hears who asks for what and why, with a link to the console; never the arguments.'
            : 'Shown this once. The receiver checks signatures with it.'
        }
      >
        {secret === null ? (
          <ChannelForm onAdded={added} onBack={close} />
        ) : (
          <>
            <Code text={secret} language="text" label="the signing secret" />
            <div className="mt-3 flex justify-end">
              <Button look="main" onClick={close}>
                I have it
              </Button>
            </div>
          </>
        )}
      </Dialog>
    </>
  )
}

const namesIn = (text: string) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

const bodyOf = ({ name, kind, url, from, to, groups, afterMinutes }: Values) => ({
  ...{ name, kind, url: url.trim(), afterMinutes: Number(afterMinutes), groups: namesIn(groups) },
  ...(kind === 'email' ? { from: from.trim(), to: namesIn(to) } : {}),
})

function ChannelForm({ onAdded, onBack }: { onAdded: (secret: string | null) => void; onBack: () => void }) {
  const router = useRouter()
  const [values, setValues] = useState(empty)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [busy, setBusy] = useState(false)
  const input = (name: keyof Values) => ({
    id: `channel-${name}`,
    value: values[name],
    onChange: (event: { target: { value: string } }) => setValues({ ...values, [name]: event.target.value }),
  })
  const field = (name: keyof Values) => ({
    id: `channel-${name}`,
    problem: problem?.field?.split('.')[0] === name ? problem.message : null,
  })
  const add = async () => {
    setBusy(true)
    setProblem(null)
    try {
      const { secret } = await change<{ secret: string | null }>('POST', '/api/notices', bodyOf(values))
      router.refresh()
      onAdded(secret)
    } catch (error) {
      setProblem(error as ApiProblem)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Form className="flex flex-col gap-3" onSend={() => void add()}>
      <Field {...field('name')} label="Name">
        <Input {...input('name')} required maxLength={60} />
      </Field>
      <Field {...field('kind')} label="Kind">
        <select {...input('kind')} className={inputClass}>
          <option value="webhook">Webhook, signed (Standard Webhooks)</option>
          <option value="slack">Slack incoming webhook</option>
          <option value="email">E-mail (SMTP)</option>
        </select>
      </Field>
      {values.kind === 'email' ? (
        <MailFields field={field} input={input} />
      ) : (
        <Field {...field('url')} label="Address" hint="Kept sealed, never shown again.">
          <Input {...input('url')} type="url" required />
        </Field>
      )}
      <Field
        {...field('groups')}
        label="Only what these groups may answer"
        hint="Names, with commas between. Empty: all."
      >
        <Input {...input('groups')} />
      </Field>
      <Field {...field('afterMinutes')} label="Only after minutes without an answer" hint="0: at once.">
        <Input {...input('afterMinutes')} inputMode="numeric" pattern="[0-9]+" className="w-28!" />
      </Field>
      {problem !== null && problem.field === null ? <Problem>{problem.message}</Problem> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onBack}>Back</Button>
        <Button type="submit" look="main" disabled={busy}>
          {busy ? 'Adding…' : 'Add'}
        </Button>
      </div>
    </Form>
  )
}

type Ids = { id: string }
type MailProps = {
  field: (name: keyof Values) => Ids & { problem: string | null }
  input: (name: keyof Values) => Ids & { value: string; onChange: (event: { target: { value: string } }) => void }
}

function MailFields({ field, input }: MailProps) {
  return (
    <>
      <Field
        {...field('url')}
        label="Mail server"
        hint="smtps://name:password@mail.example.com, or smtp:// for STARTTLS; special characters percent-encoded. Kept sealed, never shown again."
      >
        <Input {...input('url')} type="url" autoComplete="off" spellCheck={false} required />
      </Field>
      <Field {...field('from')} label="From">
        <Input {...input('from')} type="email" required />
      </Field>
      <Field {...field('to')} label="To" hint="E-mail addresses, with commas between.">
        <Input {...input('to')} type="email" multiple required />
      </Field>
    </>
  )
}
