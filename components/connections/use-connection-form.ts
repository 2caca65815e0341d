'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import type { CheckResult, ConnectionView } from '../../server/connections/schemas'
import { type ApiProblem, change } from '../api'
import { bodyOf, movesAway, type Values, valuesOf } from './form-values'

type Problem = { message: string; field: string }
type Saved = { check: CheckResult }
type Busy = 'testing' | 'saving' | null

/** What the form knows and does; a test counts only for exactly the target and credential that it was made with. */
export function useConnectionForm(connection: ConnectionView | null, agent?: string) {
  const router = useRouter()
  const [before] = useState(() => valuesOf(connection, agent))
  const [values, setValues] = useState(before)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState<Busy>(null)
  const [tested, setTested] = useState<{ of: string; result: CheckResult } | null>(null)
  const cleared = connection?.credential.kind === 'headers' && movesAway(before, values)
  const body = bodyOf(values)
  const what = tryKey(values)
  const result = tested?.of === what ? tested.result : null

  const attempt = async (doing: Exclude<Busy, null>, work: () => Promise<void>) => {
    setBusy(doing)
    setProblem(null)
    try {
      await work()
    } catch (error) {
      const { message, field } = error as ApiProblem
      setProblem({ message, field: groupOf(field ?? '') })
      setBusy(null)
      focusOn(groupOf(field ?? ''))
    }
  }
  const test = () =>
    attempt('testing', async () => {
      const name = connection === null ? {} : { name: connection.name }
      const found = await change<CheckResult>('POST', '/api/connections/try', { ...body, ...name })
      setTested({ of: what, result: found })
      setBusy(null)
    })
  const save = () =>
    attempt('saving', async () => {
      const name = connection?.name ?? values.name
      // Asked once more as it is saved, for the catalog: what was tried before was not kept.
      const { check } = await (connection === null
        ? change<Saved>('POST', '/api/connections', { ...body, name })
        : change<Saved>('PATCH', `/api/connections/${name}`, body))
      if (check.ok) toast.success(`Saved. It ${check.message}.`)
      else toast.warning(`Saved, but ${check.message}.`)
      router.push(`/connections/${name}`)
      router.refresh()
    })
  const changed = JSON.stringify(values) !== JSON.stringify(before)
  return {
    ...{ before, values, problem, busy, result, changed, cleared, test, save },
    set: (more: Partial<Values>) => setValues((now) => ({ ...now, ...more })),
    problemOf: (field: string) => (problem?.field === field ? problem.message : null),
  }
}

const tryKey = ({ transport, url, agent, target, credential, headers }: Values): string =>
  JSON.stringify(
    transport === 'agent'
      ? [transport, agent, target]
      : [transport, url, credential, credential === 'headers' ? headers : null],
  )

const groupOf = (field: string): string => (/^(headers|credential)/.test(field) ? 'value' : (field.split('.')[0] ?? ''))

function focusOn(field: string): void {
  if (field !== '') document.querySelector<HTMLElement>(`main form [name="${field}"]`)?.focus()
}
