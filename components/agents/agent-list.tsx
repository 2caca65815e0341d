'use client'

import type { AgentView } from '../../server/agents/schemas'
import { buttonClass } from '../ui/button'
import { Link } from '../ui/link'
import { cardTable, cardTableFrame, cell, Empty, HeadRow, Problem, rowClass } from '../ui/page'
import { Time } from '../ui/time'
import { AgentState } from './agent-state'
import { RenewButton } from './renew-button'
import { RevokeButton } from './revoke-button'
import { useAgents } from './use-agents'

const heads = ['Agent', 'State', 'Targets', 'Calls in flight', 'Version', 'Last seen']
const lookEveryMs = 5_000

type Props = { initial: AgentView[]; admin: boolean; gateway: string }

export function AgentList({ initial, admin, gateway }: Props) {
  const { data: agents = initial, error } = useAgents(lookEveryMs, 'list', initial)
  if (agents.length === 0)
    return (
      <Empty title="No agents yet">
        <p>An agent reaches MCP servers that this gateway cannot: in a private network, or programs on stdio.</p>
        {admin ? (
          <Link href="/agents/new" className={buttonClass('plain', 'mt-4')}>
            Enrol the first one
          </Link>
        ) : (
          'An administrator enrols them.'
        )}
      </Empty>
    )
  return (
    <>
      {error === null ? null : <Problem>What you see may be old: {error.message}</Problem>}
      <div className={cardTableFrame}>
        <table className={`${cardTable} md:min-w-[760px]`}>
          <HeadRow names={admin ? [...heads, ''] : heads} />
          <tbody className="block md:table-row-group">
            {agents.map((agent) => (
              <Row key={agent.id} agent={agent} admin={admin} gateway={gateway} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function Row({ agent, admin, gateway }: { agent: AgentView; admin: boolean; gateway: string }) {
  const { name, version, inFlight, lastSeenAt, state, tokenEndsAt } = agent
  return (
    <tr className={`${rowClass} grid grid-cols-2 py-1.5 md:table-row`}>
      <td className={`${cell} font-medium [overflow-wrap:anywhere]`}>{name}</td>
      <td className={cell}>
        <AgentState agent={agent} />
        {state === 'waiting' ? (
          <span className="block text-ink-soft">
            {tokenEndsAt === null ? (
              'its token has expired'
            ) : (
              <>
                its token ends <Time at={tokenEndsAt} />
              </>
            )}
          </span>
        ) : null}
      </td>
      <td className={`${cell} col-span-2 [overflow-wrap:anywhere] empty:hidden`}>
        <Targets agent={agent} />
      </td>
      <td className={`${cell} tabular`}>
        {inFlight}
        <span className="text-ink-soft md:hidden"> in flight</span>
      </td>
      <td className={`${cell} tabular text-ink-soft max-md:hidden`}>{version ?? ''}</td>
      <td className={`${cell} text-ink-soft`}>
        {lastSeenAt === null ? (
          <>
            never<span className="md:hidden"> seen</span>
          </>
        ) : (
          <>
            <span className="md:hidden">last seen </span>
            <Time at={lastSeenAt} />
          </>
        )}
      </td>
      {admin ? (
        <td className={`${cell} col-span-2`}>
          <span className="flex gap-2 md:-my-1.5 md:justify-end">
            <RenewButton agent={agent} gateway={gateway} />
            {state === 'revoked' && tokenEndsAt === null ? null : <RevokeButton agent={agent} />}
          </span>
        </td>
      ) : null}
    </tr>
  )
}

/** What its config names, and which connection leads there; a connection to a target that it does not name fails. */
function Targets({ agent: { targets, connections, state } }: { agent: AgentView }) {
  const missing = connections.filter(({ target }) => !targets.includes(target))
  if (targets.length === 0 && missing.length === 0)
    return <span className="text-ink-soft">{state === 'enrolled' ? 'none in its config' : ''}</span>
  return (
    <ul className="flex flex-col gap-0.5">
      {targets.map((target) => (
        <li key={target}>
          <code className="font-mono text-[12px]">{target}</code>
          <Connections names={connections.filter((one) => one.target === target).map(({ name }) => name)} />
        </li>
      ))}
      {missing.map(({ name, target }) => (
        <li key={`missing ${name}`} className="text-deny">
          <code className="font-mono text-[12px]">{target}</code>
          <Connections names={[name]} />
          {state === 'enrolled' ? ', not in its config' : ''}
        </li>
      ))}
    </ul>
  )
}

function Connections({ names }: { names: string[] }) {
  if (names.length === 0) return <span className="text-ink-soft">, no connection</span>
  return (
    <span className="text-ink-soft">
      {' for '}
      {names.map((name, index) => (
        <span key={name}>
          {index === 0 ? '' : ', '}
          <Link href={`/connections/${name}`} className="font-medium text-accent underline-offset-2 hover:underline">
            {name}
          </Link>
        </span>
      ))}
    </span>
  )
}
