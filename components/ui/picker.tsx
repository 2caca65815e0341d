'use client'

import { Popover } from '@base-ui/react/popover'
import { clsx } from 'clsx'
import { Command } from 'cmdk'
import { Check, Plus, X } from 'lucide-react'
import { useRef, useState } from 'react'

export type Option = { value: string; label?: string; about?: string; tags?: string[]; group?: string }

type Props = {
  /** What is picked, in words for who hears the page: `tools of rule read-shop`. */
  label: string
  values: string[]
  options: Option[]
  onChange(values: string[]): void
  id?: string
  /** Stands where nothing is picked yet. */
  empty?: string
  /** What may be typed that is not offered; nothing when left out. */
  free?: string
  invalid?: boolean
  mono?: boolean
}

const chip =
  'inline-flex max-w-full items-center rounded-md border border-line bg-surface-sunken pl-1.5 text-[12px] leading-6 [overflow-wrap:anywhere]'
const openerClass =
  'inline-flex h-[26px] items-center gap-1 rounded-md border border-dashed px-1.5 text-[12px] text-ink-soft hover:bg-surface-sunken hover:text-ink'

/** Several of what is offered, or of what is typed: chips in the line, and a list that can be searched. */
export function Picker({
  label,
  values,
  options,
  onChange,
  id,
  empty = 'pick',
  free,
  invalid = false,
  mono = true,
}: Props) {
  const [open, setOpen] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  const labelOf = (value: string) => options.find((option) => option.value === value)?.label ?? value
  const toggle = (value: string) =>
    onChange(values.includes(value) ? values.filter((other) => other !== value) : [...values, value])
  return (
    <span className="inline-flex max-w-full flex-wrap items-center gap-1 align-middle">
      {values.map((value) => (
        <span key={value} className={clsx(chip, mono && 'font-mono')}>
          {labelOf(value)}
          <button
            type="button"
            className="rounded-r-md px-1 py-1 text-ink-soft hover:text-deny"
            aria-label={`Remove ${labelOf(value)} from ${label}`}
            onClick={() => {
              toggle(value)
              // The button that was pressed goes with its value.
              opener.current?.focus()
            }}
          >
            <X size={12} aria-hidden />
          </button>
        </span>
      ))}
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger
          ref={opener}
          id={id}
          aria-label={`Add to ${label}`}
          className={clsx(openerClass, invalid ? 'border-deny' : 'border-line')}
        >
          <Plus size={12} aria-hidden />
          {values.length === 0 ? empty : null}
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner sideOffset={4} align="start" className="z-50">
            <Popover.Popup
              aria-label={label}
              className="w-[min(380px,calc(100vw-24px))] rounded-md border border-line bg-surface-raised shadow-float outline-none"
            >
              <Offer {...{ label, values, options, free }} onToggle={toggle} />
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
    </span>
  )
}

type OfferProps = Pick<Props, 'label' | 'values' | 'options'> & {
  free: string | undefined
  onToggle(value: string): void
}

function Offer({ label, values, options, free, onToggle }: OfferProps) {
  const [typed, setTyped] = useState('')
  const text = typed.trim()
  const known = options.some(({ value }) => value === text)
  const groups = [...new Set(options.map(({ group }) => group ?? ''))]
  const pick = (value: string) => {
    onToggle(value)
    setTyped('')
  }
  return (
    <Command label={label} loop>
      <Command.Input
        autoFocus
        value={typed}
        onValueChange={setTyped}
        placeholder={free ?? 'Search'}
        className="h-9 w-full border-b border-line bg-transparent px-3 text-[13px] outline-none placeholder:text-ink-soft"
      />
      <Command.List className="max-h-[min(320px,45dvh)] overflow-y-auto p-1">
        <Command.Empty className="px-3 py-4 text-center text-[13px] text-ink-soft">
          {free === undefined ? 'Nothing by that name.' : 'Nothing to offer yet; type it.'}
        </Command.Empty>
        {groups.map((group) => (
          <Command.Group
            key={group}
            heading={group === '' ? undefined : group}
            className="**:[[cmdk-group-heading]]:px-2 **:[[cmdk-group-heading]]:pt-1.5 **:[[cmdk-group-heading]]:text-[12px] **:[[cmdk-group-heading]]:text-ink-soft"
          >
            {options
              .filter((option) => (option.group ?? '') === group)
              .map((option) => (
                <Offered key={option.value} option={option} on={values.includes(option.value)} onPick={pick} />
              ))}
          </Command.Group>
        ))}
        {free === undefined || text === '' || known ? null : (
          <Command.Item value={`use ${text}`} onSelect={() => pick(text)} className={itemClass}>
            <Plus size={14} className="mt-0.5 shrink-0 text-ink-soft" aria-hidden />
            <span>
              Use <code className="font-mono">{text}</code>
            </span>
          </Command.Item>
        )}
      </Command.List>
    </Command>
  )
}

const itemClass =
  'flex cursor-pointer items-start gap-2 rounded-md px-2 py-1.5 text-[13px] data-[selected=true]:bg-surface-sunken'

function Offered({ option, on, onPick }: { option: Option; on: boolean; onPick(value: string): void }) {
  const { value, label = value, about = '', tags = [] } = option
  return (
    <Command.Item value={value} keywords={[label, about]} onSelect={() => onPick(value)} className={itemClass}>
      <Check size={14} className={clsx('mt-0.5 shrink-0', on ? 'text-accent' : 'invisible')} aria-hidden />
      <span className="min-w-0">
        <span className="font-medium [overflow-wrap:anywhere]">{label}</span>
        {on ? <span className="sr-only">, picked</span> : null}
        {tags.map((tag) => (
          <span key={tag} className="ml-1.5 rounded border border-line px-1 text-[11px] text-ink-soft">
            {tag}
          </span>
        ))}
        {about === '' ? null : <span className="line-clamp-2 text-[12px] text-ink-soft">{about}</span>}
      </span>
    </Command.Item>
  )
}
