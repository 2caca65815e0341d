'use client'

import { clsx } from 'clsx'
import { Circle, CircleCheck, LoaderCircle } from 'lucide-react'
import { useRef } from 'react'
import type { AgentView, OneTimeToken } from '../../server/agents/schemas'
import { Button, buttonClass } from '../ui/button'
import { Code } from '../ui/code'
import { Link } from '../ui/link'
import { TimeLeft } from '../ui/time'
import { useAgents } from './use-agents'

const lookEveryMs = 1_000
const tokenMinutes = 15

const commandOf = (gateway: string, token: string): string =>
  `node agent.cjs enrol ${gateway} ${token} && node agent.cjs run`

type Props = { gateway: string; token: OneTimeToken; onRenew(): void }

/** One command, and what became of it, live. `token` was made just now, so whatever key the agent has later is the new one. */
export function EnrolSteps({ gateway, token, onRenew }: Props) {
  // Asked for after the token was made: what was known before says nothing of it.
  const { data: agents, error } = useAgents(lookEveryMs, token.expiresAt)
  const agent = agents?.find(({ id }) => id === token.id)
  const used = useRef(false)
  // A token that has not expired and is gone was used.
  if (agent?.state === 'enrolled' && agent.tokenEndsAt === null && Date.parse(token.expiresAt) > Date.now())
    used.current = true
  const enrolled = used.current && agent?.state === 'enrolled'
  const online = enrolled && agent.online
  const expired = !enrolled && agents !== undefined && agent?.tokenEndsAt === null
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-col gap-2">
        <p>
          Run this where the MCP server is. It is shown this once, and works once
          {enrolled || expired ? '.' : ' in the next minutes.'}
        </p>
        <Code text={commandOf(gateway, token.token)} language="text" label="the command" />
        <p className="text-[13px] text-ink-soft">
          <code className="font-mono text-[12px]">agent.cjs</code> is one file that needs Node 20 and nothing else:{' '}
          <code className="font-mono text-[12px]">npm run agent:build</code> in a copy of Sallyport writes it to{' '}
          <code className="font-mono text-[12px]">dist/</code>.
        </p>
      </div>
      <ol className="flex flex-col gap-2" aria-live="polite">
        <Step done={enrolled} now={!enrolled && !expired}>
          {enrolled ? 'It has a key of its own' : expired ? 'The token has expired' : 'Waiting for the agent to enrol'}
          {enrolled || expired ? null : (
            <span className="ml-2">
              <TimeLeft
                from={new Date(Date.parse(token.expiresAt) - tokenMinutes * 60_000).toISOString()}
                to={token.expiresAt}
              />
            </span>
          )}
        </Step>
        <Step done={online} now={enrolled && !online}>
          {online ? `It is connected${agent.version === null ? '' : `, version ${agent.version}`}` : 'It connects'}
        </Step>
        <Step done={online && agent.targets.length > 0} now={online && agent.targets.length === 0}>
          {online ? <Targets agent={agent} /> : 'It says which targets its config names'}
        </Step>
      </ol>
      {error === null ? null : <p className="text-[13px] text-deny">{error.message}</p>}
      {expired ? (
        <Button className="self-start" onClick={onRenew}>
          New token
        </Button>
      ) : null}
      {online ? (
        <div className="flex flex-wrap gap-2">
          <Link href={`/connections/new?agent=${encodeURIComponent(token.name)}`} className={buttonClass('main')}>
            Add a connection behind it
          </Link>
          <Link href="/agents" className={buttonClass()}>
            All agents
          </Link>
        </div>
      ) : null}
    </div>
  )
}

const Targets = ({ agent: { targets } }: { agent: AgentView }) =>
  targets.length === 0 ? (
    <>
      Its <code className="font-mono text-[12px]">agent.yaml</code> names no targets yet; add one, it is read again at
      once
    </>
  ) : (
    <>
      It offers <code className="font-mono text-[12px]">{targets.join(', ')}</code>
    </>
  )

function Step({ done, now, children }: { done: boolean; now: boolean; children: React.ReactNode }) {
  const Icon = done ? CircleCheck : now ? LoaderCircle : Circle
  return (
    <li className={clsx('flex items-center gap-2.5', !done && !now && 'text-ink-soft')}>
      <Icon
        size={16}
        className={clsx(
          'shrink-0',
          done ? 'text-allow' : now ? 'text-accent motion-safe:animate-spin' : 'text-ink-soft',
        )}
        aria-hidden
      />
      <span className="min-w-0 [overflow-wrap:anywhere]">{children}</span>
    </li>
  )
}
