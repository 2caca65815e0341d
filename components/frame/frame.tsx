'use client'

import { useQuery } from '@tanstack/react-query'
import { clsx } from 'clsx'
import { PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { type ReactNode, useEffect, useState } from 'react'
import { get } from '../api'
import { Keys } from './keys'
import { Live } from './live'
import { Palette } from './palette'
import { type Place, type Powers, placesFor } from './places'
import type { Theme } from './theme'
import { ViewerMenu } from './viewer-menu'

export type Person = Powers & { name: string; email: string | null; groups: string[] }
type Props = { viewer: Person; pending: number; theme: Theme; local: boolean; children: ReactNode }

export function Frame({ viewer, pending, theme, local, children }: Props) {
  const [narrow, setNarrow] = useState(false)
  const [palette, setPalette] = useState(false)
  const path = usePathname()
  const { data: count = pending } = useQuery({
    queryKey: ['reviews', 'count'],
    queryFn: async () =>
      (await get<{ mayVote: boolean }[]>('/api/reviews?state=pending&limit=1000')).filter((review) => review.mayVote)
        .length,
    initialData: pending,
    refetchInterval: 60_000,
  })
  useTitleCount(count)
  const all = placesFor(viewer)
  const link = (place: Place) => (
    <RailLink
      key={place.href}
      place={place}
      here={isHere(place, path)}
      narrow={narrow}
      count={place.href === '/reviews' ? count : 0}
    />
  )
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface-raised focus:p-2">
        Skip to the page
      </a>
      {local ? (
        <aside
          aria-label="Mode"
          className="border-b border-line bg-surface-sunken px-4 py-1 text-center text-[13px] text-ink-soft"
        >
          <strong className="font-semibold text-ink">Local mode.</strong> For this machine only, without passwords.
        </aside>
      ) : null}
      <div className="flex min-h-0 flex-1">
        <nav
          aria-label="Main"
          className={clsx(
            'sticky top-0 hidden shrink-0 flex-col gap-0.5 overflow-y-auto border-r border-line p-2 md:flex',
            // The banner of local mode stands above it.
            local ? 'h-[calc(100dvh-1.85rem)]' : 'h-dvh',
            narrow ? 'w-13' : 'w-56',
          )}
        >
          <div className="mb-2 flex h-8 items-center justify-between pl-2">
            {narrow ? null : <span className="font-semibold tracking-tight">Sallyport</span>}
            <button
              type="button"
              onClick={() => setNarrow(!narrow)}
              className="rounded-md p-1.5 text-ink-soft hover:bg-surface-sunken"
              aria-label={narrow ? 'Widen the rail' : 'Narrow the rail'}
            >
              {narrow ? <PanelLeftOpen size={16} aria-hidden /> : <PanelLeftClose size={16} aria-hidden />}
            </button>
          </div>
          <button
            type="button"
            onClick={() => setPalette(true)}
            className="mb-2 flex h-8 items-center gap-2 rounded-md border border-line px-2 text-[13px] text-ink-soft hover:bg-surface-sunken"
            aria-label="Find anything"
          >
            <Search size={14} aria-hidden />
            {narrow ? null : <span className="flex-1 text-left">Find</span>}
            {narrow ? null : <kbd className="font-mono text-[11px]">Ctrl K</kbd>}
          </button>
          {all.filter((place) => !place.low).map(link)}
          <div className="flex-1" />
          {all.filter((place) => place.low).map(link)}
          <ViewerMenu viewer={viewer} theme={theme} narrow={narrow} />
        </nav>
        <main id="main" tabIndex={-1} className="min-w-0 flex-1 px-4 pt-5 pb-24 outline-none md:px-8 md:pb-10">
          <div className="mx-auto flex max-w-[1280px] flex-col gap-6">{children}</div>
        </main>
      </div>
      <nav
        aria-label="Main"
        className="fixed inset-x-0 bottom-0 z-30 flex justify-around border-t border-line bg-surface-raised pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {all
          .filter((place) => ['/reviews', '/sessions', '/roles', '/connections'].includes(place.href))
          .map((place) => (
            <Link
              key={place.href}
              href={place.href}
              aria-current={isHere(place, path) ? 'page' : undefined}
              className={clsx(
                'relative flex flex-col items-center gap-0.5 px-3 py-2 text-[11px]',
                isHere(place, path) ? 'text-accent' : 'text-ink-soft',
              )}
            >
              <place.icon size={18} aria-hidden />
              {place.name}
              {place.href === '/reviews' && count > 0 ? (
                <span className="absolute top-1 right-2 rounded-full bg-review px-1 text-[10px] font-semibold text-surface">
                  {count}
                </span>
              ) : null}
            </Link>
          ))}
        <button
          type="button"
          onClick={() => setPalette(true)}
          className="flex flex-col items-center gap-0.5 px-3 py-2 text-[11px] text-ink-soft"
        >
          <Search size={18} aria-hidden />
          More
        </button>
      </nav>
      <Palette open={palette} onOpenChange={setPalette} places={all} viewer={viewer} />
      <Keys places={all} onFind={() => setPalette(true)} />
      <Live />
    </div>
  )
}

const isHere = ({ href }: Place, path: string) =>
  href.startsWith('/?') ? path === '/' : path === href || path.startsWith(`${href}/`)

function RailLink({ place, here, narrow, count }: { place: Place; here: boolean; narrow: boolean; count: number }) {
  return (
    <Link
      href={place.href}
      aria-current={here ? 'page' : undefined}
      title={narrow ? place.name : undefined}
      className={clsx(
        'flex h-8 items-center gap-2.5 rounded-md px-2 text-[13px] font-medium hover:bg-surface-sunken',
        here ? 'bg-surface-sunken text-ink' : 'text-ink-soft',
      )}
    >
      <place.icon size={16} aria-hidden />
      {narrow ? <span className="sr-only">{place.name}</span> : <span className="flex-1">{place.name}</span>}
      {count > 0 ? (
        <span className="tabular rounded-full bg-review px-1.5 text-[11px] leading-4 font-semibold text-surface">
          {count}
          <span className="sr-only"> waiting for you</span>
        </span>
      ) : null}
    </Link>
  )
}

/** The tab says how many wait, also when it is not in front. */
function useTitleCount(count: number): void {
  const path = usePathname()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page brings a new title
  useEffect(() => {
    const bare = document.title.replace(/^\(\d+\) /, '')
    document.title = count > 0 ? `(${count}) ${bare}` : bare
  }, [count, path])
}
