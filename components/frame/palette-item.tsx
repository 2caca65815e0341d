'use client'

import { Command } from 'cmdk'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

const itemClass =
  'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 py-1 text-[13px] data-[selected=true]:bg-surface-sunken'
export const groupClass =
  'px-2 pb-1 **:[[cmdk-group-heading]]:px-2 **:[[cmdk-group-heading]]:pt-2 **:[[cmdk-group-heading]]:pb-1 **:[[cmdk-group-heading]]:text-[12px] **:[[cmdk-group-heading]]:text-ink-soft'

type ItemProps = { value: string; icon: LucideIcon; onSelect: () => void; children: ReactNode }

export function Item({ value, icon: Icon, onSelect, children }: ItemProps) {
  return (
    <Command.Item value={value} onSelect={onSelect} className={itemClass}>
      <Icon size={14} className="shrink-0 text-ink-soft" aria-hidden />
      {children}
    </Command.Item>
  )
}
