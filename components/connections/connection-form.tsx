'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import { toast } from 'sonner'
import { type ApiProblem, change } from '../api'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/field'
import { Problem } from '../ui/page'

type Values = { name: string; url: string; header: string; value: string }
const empty: Values = { name: '', url: '', header: 'authorization', value: '' }

/** Registers an MCP server over HTTP. What was typed stays on any error; leaving with it asks. */
export function ConnectionForm() {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const [values, setValues] = useState(empty)
  const [problem, setProblem] = useState<{ message: string; field: string | null } | null>(null)
  const [busy, setBusy] = useState(false)
  const changed = Object.entries(values).some(([name, value]) => value !== empty[name as keyof Values])
  useEffect(() => {
    if (!changed || busy) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [changed, busy])
  const save = async () => {
    setBusy(true)
    setProblem(null)
    try {
      const credential = values.value === '' ? null : { type: 'headers', headers: { [values.header]: values.value } }
      await change('POST', '/api/connections', { name: values.name, transport: 'http', url: values.url, credential })
      const result = await change<{ ok: boolean; message: string }>('POST', `/api/connections/${values.name}/test`)
      if (result.ok) toast.success(`Saved. It ${result.message}.`)
      else toast.warning(`Saved, but ${result.message}.`)
      router.push(`/connections/${values.name}`)
      router.refresh()
    } catch (error) {
      const { message, field = null } = error as ApiProblem
      setProblem({ message, field })
      setBusy(false)
      form.current
        ?.querySelector<HTMLInputElement>(`[name="${field?.split('.')[0] === 'headers' ? 'value' : field}"]`)
        ?.focus()
    }
  }
  const input = (name: keyof Values, rest: Partial<React.ComponentProps<typeof Input>> = {}) => (
    <Input
      id={name}
      name={name}
      value={values[name]}
      aria-invalid={problem?.field === name || undefined}
      aria-describedby={`${name}-${problem?.field === name ? 'problem' : 'hint'}`}
      onChange={(event) => setValues({ ...values, [name]: event.target.value })}
      autoComplete="off"
      spellCheck={false}
      {...rest}
    />
  )
  const of = (name: string) => (problem?.field === name ? problem.message : null)
  return (
    <form
      ref={form}
      className="flex max-w-xl flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.requestSubmit()
      }}
    >
      <Field
        id="name"
        label="Name"
        hint="Clients reach it at /mcp/<name>. Lower-case letters, digits and hyphens."
        problem={of('name')}
      >
        {input('name', { required: true, placeholder: 'crm' })}
      </Field>
      <Field id="url" label="Address" hint="Where the MCP server answers over Streamable HTTP." problem={of('url')}>
        {input('url', { required: true, placeholder: 'https://mcp.example.com/mcp', inputMode: 'url' })}
      </Field>
      <fieldset className="grid gap-3 sm:grid-cols-[180px_1fr]">
        <legend className="mb-1 text-[13px] font-medium">Credential (optional)</legend>
        <Field id="header" label="Header">
          {input('header')}
        </Field>
        <Field
          id="value"
          label="Value"
          hint="Stored sealed; it can be replaced, never read back."
          problem={of('credential.headers')}
        >
          {input('value', { type: 'password', placeholder: 'Bearer …' })}
        </Field>
      </fieldset>
      {problem !== null && !['name', 'url'].includes(problem.field ?? '') ? <Problem>{problem.message}</Problem> : null}
      <div className="flex gap-2">
        <Button type="submit" look="main" disabled={busy}>
          {busy ? 'Saving and testing…' : 'Save and test'}
        </Button>
        <Button onClick={() => router.push('/connections')}>Back</Button>
      </div>
    </form>
  )
}
