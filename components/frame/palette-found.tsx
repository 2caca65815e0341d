'use client'

import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Cable, History, Inbox, ShieldCheck, UserRound, Wrench } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ConnectionView } from '../../server/connections/schemas'
import type { ReviewView } from '../../server/reviews/schemas'
import type { SessionList, SessionRow } from '../../server/sessions/schemas'
import type { PolicyDocument } from '../../server/types'
import { get } from '../api'
import { gist } from '../reviews/gist'
import { roleHref } from '../roles/role-href'
import { Time } from '../ui/time'
import { groupClass, Item } from './palette-item'

type Go = (href: string) => void

const mono = 'font-mono text-[12px]'
const sessionsShown = 30

/** What there is beside pages and actions. `all`: the viewer sees other people's sessions too. */
export function Found({ go, all }: { go: Go; all: boolean }) {
  const read = <T,>(key: string, path: string) => ({ queryKey: [key, 'palette'], queryFn: () => get<T>(path) })
  const { data: reviews = [] } = useQuery(read<ReviewView[]>('reviews', '/api/reviews'))
  const { data: connections = [] } = useQuery(read<ConnectionView[]>('connections', '/api/connections'))
  const { data: policy } = useQuery(read<{ document: PolicyDocument }>('policy', '/api/policy'))
  const { data: recent } = useQuery(read<SessionList>('sessions', `/api/sessions?limit=${sessionsShown}`))
  const sessions = recent?.sessions ?? []
  const groups: [heading: string, items: ReactNode[]][] = [
    ['Questions', reviews.map((review) => question(review, go))],
    ['People', all ? [...new Set(sessions.map((session) => session.principal))].map((one) => person(one, go)) : []],
    ['Connections and tools', connections.flatMap((connection) => connectionAndTools(connection, go))],
    ['Roles', (policy?.document.roles ?? []).map((one) => role(one, go))],
    ['Last sessions', sessions.map((one) => session(one, go))],
  ]
  return groups
    .filter(([, items]) => items.length > 0)
    .map(([heading, items]) => (
      <Command.Group key={heading} heading={heading} className={groupClass}>
        {items}
      </Command.Group>
    ))
}

const question = (review: ReviewView, go: Go) => {
  const { id, caller, resource } = review
  return (
    <Item
      key={id}
      value={`review ${caller.name} ${resource.id} ${id}`}
      icon={Inbox}
      onSelect={() => go(`/reviews/${id}`)}
    >
      <span className="shrink-0">
        {caller.name} wants <code className={mono}>{resource.id}</code>
      </span>
      <span className="min-w-0 truncate text-ink-soft">{gist(review)}</span>
    </Item>
  )
}

const person = (name: string, go: Go) => (
  <Item
    key={name}
    value={`person ${name}`}
    icon={UserRound}
    onSelect={() => go(`/sessions?person=${encodeURIComponent(name)}`)}
  >
    Sessions of {name}
  </Item>
)

const connectionAndTools = ({ name, tools }: ConnectionView, go: Go) => [
  <Item key={name} value={`connection ${name}`} icon={Cable} onSelect={() => go(`/connections/${name}`)}>
    <code className={mono}>{name}</code>
  </Item>,
  ...tools.map((tool) => (
    <Item
      key={`${name} ${tool.name}`}
      value={`tool ${name} ${tool.name}`}
      icon={Wrench}
      onSelect={() => go(`/sessions?connection=${name}&tool=${encodeURIComponent(tool.name)}`)}
    >
      <span>
        Calls of <code className={mono}>{tool.name}</code> on {name}
      </span>
    </Item>
  )),
]

const role = ({ name, description }: { name: string; description: string }, go: Go) => (
  <Item key={name} value={`role ${name} ${description}`} icon={ShieldCheck} onSelect={() => go(roleHref(name))}>
    <span className="shrink-0 font-medium">{name}</span>
    <span className="min-w-0 truncate text-ink-soft">{description}</span>
  </Item>
)

const session = ({ id, principal, client, connection, lastAt }: SessionRow, go: Go) => (
  <Item
    key={id}
    value={`session ${principal} ${client} ${connection} ${id}`}
    icon={History}
    onSelect={() => go(`/sessions/${id}`)}
  >
    <span className="min-w-0 flex-1 truncate">
      {principal} on {connection}
      {client === '' ? '' : `, ${client}`}
    </span>
    <Time at={lastAt} className="text-ink-soft" />
  </Item>
)
