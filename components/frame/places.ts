import {
  Cable,
  History,
  Inbox,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  ScrollText,
  ShieldCheck,
  UserRound,
} from 'lucide-react'

export type Powers = { admin: boolean; auditor: boolean }
export type Place = {
  href: string
  name: string
  icon: LucideIcon
  keys: string
  for?: (powers: Powers) => boolean
  low?: boolean
}

/** Where one can go, in the order of the rail. Who may not use a page does not see it. */
export const places: Place[] = [
  { href: '/?stay=1', name: 'Overview', icon: LayoutDashboard, keys: 'g o' },
  { href: '/reviews', name: 'Reviews', icon: Inbox, keys: 'g r' },
  { href: '/sessions', name: 'Sessions', icon: History, keys: 'g s' },
  { href: '/grants', name: 'Grants', icon: KeyRound, keys: 'g g' },
  { href: '/roles', name: 'Roles', icon: ShieldCheck, keys: 'g p' },
  { href: '/connections', name: 'Connections', icon: Cable, keys: 'g c' },
  { href: '/audit', name: 'Audit', icon: ScrollText, keys: 'g a', for: ({ admin, auditor }) => admin || auditor },
  { href: '/access', name: 'My access', icon: UserRound, keys: 'g m', low: true },
]

export const placesFor = (powers: Powers): Place[] => places.filter((place) => place.for?.(powers) ?? true)
