'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import { type ApiProblem, change } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, inputClass, TextArea } from '../ui/field'
import { Form } from '../ui/form'
import { MinutesInput } from '../ui/minutes-input'
import { Problem } from '../ui/page'

export type Askable = { connection: string; tools: { name: string; maxMinutes: number }[] }

const usual = [30, 60, 240, 480]

/** Asks for tools ahead: which, for how long, and why. The same people decide it as would decide a call. */
export function AskAccess({ askable }: { askable: Askable[] }) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [name, setName] = useState(askable[0]?.connection ?? '')
  const [tools, setTools] = useState<string[]>([])
  const [minutes, setMinutes] = useState('60')
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const known = askable.find(({ connection }) => connection === name)?.tools ?? []
  const chosen = known.filter((tool) => tools.includes(tool.name))
  const most = Math.min(...(chosen.length === 0 ? known : chosen).map(({ maxMinutes }) => maxMinutes))
  const ask = async () => {
    setBusy(true)
    setProblem(null)
    const body = { connection: name, tools, minutes: Number(minutes), reason }
    try {
      const { id } = await change<{ id: string }>('POST', '/api/reviews', body)
      setOpen(false)
      toast.success('Asked. You see here what becomes of it.')
      router.push(`/reviews/${id}`)
    } catch (error) {
      setProblem(error as ApiProblem)
    } finally {
      setBusy(false)
    }
  }
  const of = (field: string) => (problem?.field === field ? problem.message : null)
  return (
    <>
      <Button look="main" onClick={() => setOpen(true)}>
        Ask for access
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Ask for access"
        about="Before you need it, for a time. It ends by itself, and can be revoked."
      >
        {askable.length === 0 ? (
          <NothingToAsk onBack={() => setOpen(false)} />
        ) : (
          <Form className="flex flex-col gap-3" onSend={() => void ask()}>
            <Field id="ask-connection" label="Connection" problem={of('connection')}>
              <select
                id="ask-connection"
                className={inputClass}
                value={name}
                onChange={(event) => {
                  setName(event.target.value)
                  setTools([])
                }}
              >
                {askable.map(({ connection }) => (
                  <option key={connection}>{connection}</option>
                ))}
              </select>
            </Field>
            <fieldset className="flex flex-col gap-1">
              <legend className="mb-1 text-[13px] font-medium">Tools</legend>
              {known.map((tool) => (
                <label key={tool.name} className="flex min-h-6 items-center gap-2 text-[13px]">
                  <input
                    type="checkbox"
                    checked={tools.includes(tool.name)}
                    onChange={(event) =>
                      setTools(event.target.checked ? [...tools, tool.name] : tools.filter((one) => one !== tool.name))
                    }
                  />
                  <code className="font-mono text-[12px]">{tool.name}</code>
                  <span className="text-ink-soft">up to {tool.maxMinutes} min</span>
                </label>
              ))}
              {of('tools') === null ? null : <p className="text-[13px] text-deny">{of('tools')}</p>}
            </fieldset>
            <Field id="ask-minutes" label="Minutes" hint="From the approval on." problem={of('minutes')}>
              <MinutesInput id="ask-minutes" value={minutes} onValue={setMinutes} {...{ usual, most }} required />
            </Field>
            <Field id="ask-reason" label="Why" hint="Whoever decides reads this." problem={of('reason')}>
              <TextArea
                id="ask-reason"
                required
                maxLength={1000}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            </Field>
            {problem === null || problem.field !== null ? null : <Problem>{problem.message}</Problem>}
            <div className="flex justify-end gap-2">
              <Button onClick={() => setOpen(false)}>Back</Button>
              <Button type="submit" look="main" disabled={busy || tools.length === 0}>
                {busy ? 'Asking…' : 'Ask'}
              </Button>
            </div>
          </Form>
        )}
      </Dialog>
    </>
  )
}

const NothingToAsk = ({ onBack }: { onBack: () => void }) => (
  <div className="flex flex-col gap-3 text-[13px]">
    <p>
      There is nothing that you could ask for ahead. A tool can be asked for when a role of yours has a rule that asks a
      person about it, and lets them give it for a time; an administrator can make one.
    </p>
    <Button className="self-end" onClick={onBack}>
      Back
    </Button>
  </div>
)
