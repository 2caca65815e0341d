'use client'

import { clsx } from 'clsx'
import { Menu as MenuIcon, Search } from 'lucide-react'
import { usePathname } from 'next/navigation'
import { useState } from 'react'
import { Dialog } from '../ui/dialog'
import { Link } from '../ui/link'
import { isHere, type Person, type Place } from './places'
import { WaitingCount } from './rail'
import type { Theme } from './theme'
import { ViewerChoices } from './viewer-menu'

type Props = { viewer: Person; places: Place[]; waiting: number; theme: Theme; onFind(): void }

const itemClass = 'relative flex min-w-0 flex-1 flex-col items-center gap-0.5 py-2 text-[11px]'

/** Navigation under the thumb: four places, and a sheet with the rest. */
export function BottomBar({ viewer, places, waiting, theme, onFind }: Props) {
  const path = usePathname()
  const [open, setOpen] = useState(false)
  const rest = places.filter((place) => !place.thumb)
  const find = () => {
    setOpen(false)
    onFind()
  }
  const inRest = rest.some((place) => isHere(place, path))
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-surface-raised pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {places
        .filter((place) => place.thumb)
        .map((place) => (
          <Link
            key={place.href}
            href={place.href}
            aria-current={isHere(place, path) ? 'page' : undefined}
            className={clsx(itemClass, isHere(place, path) ? 'text-accent' : 'text-ink-soft')}
          >
            <place.icon size={20} aria-hidden />
            <span className="max-w-full truncate">{place.name}</span>
            {place.href === '/reviews' && waiting > 0 ? (
              <WaitingCount n={waiting} className="absolute top-0.5 left-[calc(50%+4px)]" />
            ) : null}
          </Link>
        ))}
      <button
        type="button"
        onClick={() => setOpen(true)}
        className={clsx(itemClass, inRest ? 'text-accent' : 'text-ink-soft')}
      >
        <MenuIcon size={20} aria-hidden />
        More
      </button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={viewer.name}
        about={viewer.groups.join(', ')}
        at="bottom"
      >
        <div className="-mx-2 flex flex-col">
          <button type="button" className={sheetItem} onClick={find}>
            <Search size={18} className="text-ink-soft" aria-hidden />
            Find
          </button>
          {rest.map((place) => (
            <Link key={place.href} href={place.href} className={sheetItem} onClick={() => setOpen(false)}>
              <place.icon size={18} className="text-ink-soft" aria-hidden />
              {place.name}
            </Link>
          ))}
          <div className="my-1 border-t border-line" />
          <ViewerChoices theme={theme} />
        </div>
      </Dialog>
    </nav>
  )
}

const sheetItem = 'flex h-11 items-center gap-3 rounded-md px-2 text-left text-[14px] hover:bg-surface-sunken'
