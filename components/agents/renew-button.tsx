'use client'

import { useState } from 'react'
import type { AgentView, OneTimeToken } from '../../server/agents/schemas'
import { change } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Problem } from '../ui/page'
import { EnrolSteps } from './enrol-steps'

const abouts = {
  waiting: 'The token before it, if it was not used, is worth nothing any more.',
  enrolled:
    'Nothing changes until it is used. Then the new key replaces the old one, and who holds the old one is cut off.',
  revoked: 'Once it is used the agent is trusted again, with a new key, and serves its connections.',
} satisfies Record<AgentView['state'], string>

/** Another one-time token: the first expired, the key was lost, or the agent was revoked. */
export function RenewButton({ agent, gateway }: { agent: AgentView; gateway: string }) {
  const [open, setOpen] = useState(false)
  const [token, setToken] = useState<OneTimeToken | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const renew = async () => {
    setProblem(null)
    try {
      setToken(await change<OneTimeToken>('POST', `/api/agents/${agent.id}/token`))
    } catch (error) {
      setProblem((error as Error).message)
    }
  }
  const close = () => {
    setOpen(false)
    setToken(null)
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>New token</Button>
      <Dialog
        open={open}
        onClose={close}
        wide
        title={`A new token for ${agent.name}`}
        {...(token === null ? { about: abouts[agent.state] } : {})}
      >
        {problem === null ? null : <Problem>{problem}</Problem>}
        {token === null ? (
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Back</Button>
            <Button look="main" onClick={renew}>
              Show the command
            </Button>
          </div>
        ) : (
          <EnrolSteps key={token.token} gateway={gateway} token={token} onRenew={renew} />
        )}
      </Dialog>
    </>
  )
}
