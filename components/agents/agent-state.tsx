import { clsx } from 'clsx'
import { CircleCheck, CircleDashed, CircleSlash, type LucideIcon, Unplug } from 'lucide-react'
import type { AgentView } from '../../server/agents/schemas'

type Look = { word: string; icon: LucideIcon; color: string }

function lookOf({ state, online, instances: { connected, all } }: AgentView): Look {
  if (state === 'revoked') return { word: 'revoked', icon: CircleSlash, color: 'text-ink-soft' }
  if (state === 'waiting') return { word: 'not enrolled yet', icon: CircleDashed, color: 'text-ink-soft' }
  if (!online) return { word: 'offline', icon: Unplug, color: 'text-deny' }
  const word = connected < all ? `online to ${connected} of ${all} instances` : 'online'
  return { word, icon: CircleCheck, color: 'text-allow' }
}

export function AgentState({ agent }: { agent: AgentView }) {
  const { word, icon: Icon, color } = lookOf(agent)
  return (
    <span className={clsx('inline-flex items-center gap-1 whitespace-nowrap text-[13px] font-medium', color)}>
      <Icon size={14} aria-hidden />
      {word}
    </span>
  )
}
