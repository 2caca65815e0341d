import {
  BellRing,
  Cable,
  History,
  Inbox,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  ScrollText,
  ShieldCheck,
  UserRound,
  Waypoints,
} from 'lucide-react'

export type Powers = { admin: boolean; auditor: boolean }
export type Person = Powers & { name: string; email: string | null; groups: string[] }
export type Place = {
  href: string
  name: string
  icon: LucideIcon
  /** Pressed one after the other; the second is no key of a review's, where `a` approves. */
  keys: string
  for?: (powers: Powers) => boolean
  /** Stands at the bottom of the rail. */
  low?: boolean
  /** Has its own place in the bar of a phone. */
  thumb?: boolean
}

/** Where one can go, in the order of the rail. Who may not use a page does not see it. */
const places: Place[] = [
  { href: '/?stay=1', name: 'Overview', icon: LayoutDashboard, keys: 'g o' },
  { href: '/reviews', name: 'Reviews', icon: Inbox, keys: 'g r', thumb: true },
  { href: '/sessions', name: 'Sessions', icon: History, keys: 'g s', thumb: true },
  { href: '/grants', name: 'Grants', icon: KeyRound, keys: 'g g', thumb: true },
  { href: '/roles', name: 'Roles', icon: ShieldCheck, keys: 'g p' },
  { href: '/connections', name: 'Connections', icon: Cable, keys: 'g c', thumb: true },
  { href: '/agents', name: 'Agents', icon: Waypoints, keys: 'g n', for: ({ admin, auditor }) => admin || auditor },
  { href: '/audit', name: 'Audit', icon: ScrollText, keys: 'g u', for: ({ admin, auditor }) => admin || auditor },
  { href: '/notices', name: 'Notices', icon: BellRing, keys: 'g t', for: ({ admin }) => admin },
  { href: '/access', name: 'My access', icon: UserRound, keys: 'g m', low: true },
]

export const placesFor = (powers: Powers): Place[] => places.filter((place) => place.for?.(powers) ?? true)

export const isHere = ({ href }: Place, path: string): boolean =>
  href.startsWith('/?') ? path === '/' : path === href || path.startsWith(`${href}/`)
