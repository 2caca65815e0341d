'use client'

import { clsx } from 'clsx'
import { Keyboard, PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react'
import { usePathname } from 'next/navigation'
import { Link } from '../ui/link'
import { isHere, type Person, type Place } from './places'
import type { Theme } from './theme'
import { ViewerMenu } from './viewer-menu'

type Props = {
  viewer: Person
  places: Place[]
  waiting: number
  theme: Theme
  narrow: boolean
  onToggle(): void
  onFind(): void
  onKeys(): void
}

export function Rail({ viewer, places, waiting, theme, narrow, onToggle, onFind, onKeys }: Props) {
  const path = usePathname()
  const link = (place: Place) => (
    <RailLink
      key={place.href}
      place={place}
      here={isHere(place, path)}
      narrow={narrow}
      count={place.href === '/reviews' ? waiting : 0}
    />
  )
  return (
    <nav
      aria-label="Main"
      className={clsx(
        'sticky top-(--banner) hidden h-[calc(100dvh-var(--banner))] shrink-0 flex-col gap-0.5 overflow-y-auto border-r border-line p-2 md:flex',
        narrow ? 'w-13' : 'w-56',
      )}
    >
      <div className={clsx('mb-2 flex h-8 shrink-0 items-center justify-between', !narrow && 'pl-2')}>
        {narrow ? null : <span className="font-semibold tracking-tight">Sallyport</span>}
        <IconButton label={narrow ? 'Widen the rail' : 'Narrow the rail'} wide={narrow} onClick={onToggle}>
          {narrow ? <PanelLeftOpen size={16} aria-hidden /> : <PanelLeftClose size={16} aria-hidden />}
        </IconButton>
      </div>
      <button
        type="button"
        onClick={onFind}
        className={clsx(
          'mb-2 flex h-8 shrink-0 items-center gap-2 rounded-md border border-line bg-surface-raised px-2 text-[13px] text-ink-soft hover:text-ink',
          narrow && 'justify-center',
        )}
        aria-label="Find anything"
      >
        <Search size={14} className="shrink-0" aria-hidden />
        {narrow ? null : <span className="flex-1 text-left">Find</span>}
        {narrow ? null : <kbd className="font-mono text-[11px]">Ctrl K</kbd>}
      </button>
      {places.filter((place) => !place.low).map(link)}
      <div className="min-h-4 flex-1" />
      {places.filter((place) => place.low).map(link)}
      <div className={clsx('flex items-center gap-1', narrow && 'flex-col')}>
        <ViewerMenu viewer={viewer} theme={theme} narrow={narrow} />
        {narrow ? null : (
          <IconButton label="Keys" onClick={onKeys}>
            <Keyboard size={16} aria-hidden />
          </IconButton>
        )}
      </div>
    </nav>
  )
}

type IconButtonProps = { label: string; wide?: boolean; onClick(): void; children: React.ReactNode }

const IconButton = ({ label, wide = false, onClick, children }: IconButtonProps) => (
  <button
    type="button"
    onClick={onClick}
    className={clsx(
      'flex shrink-0 justify-center rounded-md p-2 text-ink-soft hover:bg-surface-sunken hover:text-ink',
      wide && 'w-full',
    )}
    aria-label={label}
    title={label}
  >
    {children}
  </button>
)

type LinkProps = { place: Place; here: boolean; narrow: boolean; count: number }

function RailLink({ place, here, narrow, count }: LinkProps) {
  return (
    <Link
      href={place.href}
      aria-current={here ? 'page' : undefined}
      title={narrow ? place.name : undefined}
      className={clsx(
        'relative flex h-8 shrink-0 items-center gap-2.5 rounded-md px-2 text-[13px] font-medium hover:bg-surface-sunken',
        here ? 'bg-surface-sunken text-ink' : 'text-ink-soft hover:text-ink',
        narrow && 'justify-center',
      )}
    >
      <place.icon size={16} className="shrink-0" aria-hidden />
      {narrow ? <span className="sr-only">{place.name}</span> : <span className="flex-1">{place.name}</span>}
      {count > 0 ? <WaitingCount n={count} className={narrow ? 'absolute -top-0.5 right-0' : ''} /> : null}
    </Link>
  )
}

export const WaitingCount = ({ n, className }: { n: number; className?: string }) => (
  <span
    className={clsx(
      'tabular min-w-4 rounded-full bg-review px-1.5 text-center text-[11px] leading-4 font-semibold text-surface-raised',
      className,
    )}
  >
    {n > 99 ? '99+' : n}
    <span className="sr-only"> waiting for you</span>
  </span>
)
