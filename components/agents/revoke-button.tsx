'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import type { AgentView } from '../../server/agents/schemas'
import { change } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/field'
import { Form } from '../ui/form'
import { Problem } from '../ui/page'
import { count } from '../ui/text'

/** Says what stops, in numbers, and wants the name typed: it works at once, on every instance. */
export function RevokeButton({ agent }: { agent: AgentView }) {
  const { id, name } = agent
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const revoke = async () => {
    setProblem(null)
    try {
      await change('DELETE', `/api/agents/${id}`)
      setOpen(false)
      setTyped('')
      toast.success(`${name} is revoked.`)
      await client.invalidateQueries({ queryKey: ['agents'] })
    } catch (error) {
      setProblem((error as Error).message)
    }
  }
  return (
    <>
      <Button look="danger" onClick={() => setOpen(true)}>
        Revoke
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={`Revoke ${name}`}
        about="Every instance hangs up at once, and its key and token are worth nothing. A new token brings it back."
      >
        <Form
          className="flex flex-col gap-3"
          onSend={() => {
            if (typed === name) void revoke()
          }}
        >
          <ul className="list-disc pl-5 text-[13px]">
            {breaksOf(agent).map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
          <Field id={`typed-${id}`} label={`Type ${name} to revoke it`}>
            <Input
              id={`typed-${id}`}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
            />
          </Field>
          {problem === null ? null : <Problem>{problem}</Problem>}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Keep it</Button>
            <Button type="submit" look="danger" disabled={typed !== name}>
              Revoke
            </Button>
          </div>
        </Form>
      </Dialog>
    </>
  )
}

function breaksOf({ connections, inFlight }: AgentView): string[] {
  const names = connections.map(({ name }) => name).join(', ')
  return [
    connections.length === 0
      ? 'No connection leads to it'
      : `${count(connections.length, 'connection stops', 'connections stop')} working: ${names}`,
    inFlight === 0
      ? 'No call is in flight now'
      : `${count(inFlight, 'call')} in flight ${inFlight === 1 ? 'ends' : 'end'} with an error`,
  ]
}
