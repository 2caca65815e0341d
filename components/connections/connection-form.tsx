'use client'

import { useRouter } from 'next/navigation'
import type { ConnectionView } from '../../server/connections/schemas'
import { LeaveGuard } from '../frame/leave'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/field'
import { Form } from '../ui/form'
import { Problem } from '../ui/page'
import { CheckPanel } from './check-panel'
import { ClientRequestFields } from './client-request-fields'
import { CredentialFields } from './credential-fields'
import { type AgentChoice, leadsElsewhere } from './form-values'
import { HttpFields } from './http-fields'
import { PinningFields } from './pinning-fields'
import { SqlFields } from './sql-fields'
import { TargetFields } from './target-fields'
import { useConnectionForm } from './use-connection-form'

type Props = {
  connection: ConnectionView | null
  agents: AgentChoice[]
  agent?: string | undefined
  readers?: string[]
}

const shownAtFields = ['name', 'url', 'agent', 'target', 'value', 'http']

/** Registers or changes a connection: where, with what credential, tried before it is saved. What was typed stays on any error. */
export function ConnectionForm({ connection, agents, agent, readers = [] }: Props) {
  const router = useRouter()
  const form = useConnectionForm(connection, agent)
  const { values, set, problem, busy, result, problemOf } = form
  const http = values.transport === 'http'
  const tools = result?.tools ?? connection?.tools ?? []
  const saves = result?.ok === true || (connection !== null && !leadsElsewhere(form.before, values))
  const back = connection === null ? '/connections' : `/connections/${connection.name}`
  return (
    <Form
      className="flex max-w-2xl flex-col gap-7"
      aria-label={connection === null ? 'New connection' : `Change ${connection.name}`}
      onSend={() => {
        if (busy === null) void (saves ? form.save() : form.test())
      }}
    >
      <LeaveGuard changed={form.changed && busy !== 'saving'} />
      {connection === null ? <NameField {...{ values, set, problemOf }} /> : null}
      <TargetFields {...{ values, set, agents, problemOf }} />
      {connection !== null && leadsElsewhere(form.before, values) ? (
        <p className="text-[13px] font-medium">
          Approvals that were given for the old target do not hold for another one.
        </p>
      ) : null}
      {http ? (
        <CredentialFields
          {...{ values, set }}
          stored={connection?.credential.kind === 'headers'}
          cleared={form.cleared}
          problem={problemOf('value')}
        />
      ) : null}
      <SqlFields {...{ values, set }} tools={tools} />
      <HttpFields {...{ values, set, tools }} problem={problemOf('http')} />
      <ClientRequestFields {...{ values, set }} />
      <PinningFields {...{ values, set, readers }} />
      {result === null ? null : <CheckPanel result={result} />}
      {problem !== null && !shownAtFields.includes(problem.field) ? <Problem>{problem.message}</Problem> : null}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="main" disabled={busy !== null}>
          {busy === 'saving' ? 'Saving…' : busy === 'testing' ? 'Testing…' : saves ? 'Save' : 'Test'}
        </Button>
        {saves ? (
          <Button onClick={form.test} disabled={busy !== null}>
            Test
          </Button>
        ) : null}
        {result?.ok === false ? (
          <Button onClick={form.save} disabled={busy !== null}>
            Save all the same
          </Button>
        ) : null}
        <Button look="quiet" onClick={() => router.push(back)}>
          Back
        </Button>
      </div>
    </Form>
  )
}

type NameProps = Pick<ReturnType<typeof useConnectionForm>, 'values' | 'set' | 'problemOf'>

const NameField = ({ values, set, problemOf }: NameProps) => (
  <Field
    id="name"
    label="Name"
    hint={`Clients reach it at /mcp/${values.name || '<name>'}. Lower-case letters, digits and hyphens.`}
    problem={problemOf('name')}
  >
    <Input
      id="name"
      name="name"
      className="max-w-72"
      value={values.name}
      onChange={(event) => set({ name: event.target.value })}
      aria-invalid={problemOf('name') !== null || undefined}
      aria-describedby={problemOf('name') === null ? 'name-hint' : 'name-problem'}
      required
      autoComplete="off"
      spellCheck={false}
    />
  </Field>
)
