'use client'

import { useState } from 'react'
import type { OneTimeToken } from '../../server/agents/schemas'
import { type ApiProblem, change } from '../api'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/field'
import { Form } from '../ui/form'
import { Problem } from '../ui/page'
import { EnrolSteps } from './enrol-steps'

/** Names the agent, then shows the command and waits until it appears. */
export function EnrolForm({ gateway }: { gateway: string }) {
  const [name, setName] = useState('')
  const [token, setToken] = useState<OneTimeToken | null>(null)
  const [problem, setProblem] = useState<{ message: string; field: string | null } | null>(null)
  const [busy, setBusy] = useState(false)
  const ask = async (path: string, body?: object) => {
    setBusy(true)
    setProblem(null)
    try {
      setToken(await change<OneTimeToken>('POST', path, body))
    } catch (error) {
      const { message, field = null } = error as ApiProblem
      setProblem({ message, field })
      document.getElementById('agent-name')?.focus()
    }
    setBusy(false)
  }
  if (token !== null)
    return (
      <div className="flex max-w-3xl flex-col gap-3">
        <h2 className="text-[16px] font-semibold">{token.name}</h2>
        <EnrolSteps
          key={token.token}
          gateway={gateway}
          token={token}
          onRenew={() => ask(`/api/agents/${token.id}/token`)}
        />
        {problem === null ? null : <Problem>{problem.message}</Problem>}
      </div>
    )
  const atName = problem?.field === 'name' ? problem.message : null
  return (
    <Form className="flex max-w-xl flex-col gap-4" onSend={() => void ask('/api/agents', { name })}>
      <Field
        id="agent-name"
        label="Name"
        hint="After the place it is in, such as eu-office. Lower-case letters, digits and hyphens."
        problem={atName}
      >
        <Input
          id="agent-name"
          className="max-w-72"
          value={name}
          onChange={(event) => setName(event.target.value)}
          aria-invalid={atName !== null || undefined}
          aria-describedby={atName === null ? 'agent-name-hint' : 'agent-name-problem'}
          required
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
      {problem === null || atName !== null ? null : <Problem>{problem.message}</Problem>}
      <Button type="submit" look="main" className="self-start" disabled={busy}>
        {busy ? 'Making a token…' : 'Show the command'}
      </Button>
    </Form>
  )
}
