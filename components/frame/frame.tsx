'use client'

import { type ReactNode, useState } from 'react'
import { BottomBar } from './bottom-bar'
import { Keys } from './keys'
import { Live } from './live'
import { Palette } from './palette'
import { type Person, placesFor } from './places'
import { Rail } from './rail'
import { railCookie, remember, type Theme } from './theme'
import { useWaiting } from './use-waiting'

type Props = {
  viewer: Person
  pending: number
  theme: Theme
  narrow: boolean
  local: boolean
  /** What had changed when the page was made. */
  since: string
  children: ReactNode
}

export function Frame({ viewer, pending, theme, narrow: narrowAtFirst, local, since, children }: Props) {
  const [narrow, setNarrow] = useState(narrowAtFirst)
  const [floating, setFloating] = useState<'palette' | 'keys' | null>(null)
  const waiting = useWaiting(pending)
  const places = placesFor(viewer)
  const toggleRail = () => {
    setNarrow(!narrow)
    remember(railCookie, narrow ? 'wide' : 'narrow')
  }
  const find = () => setFloating('palette')
  return (
    <div
      className="flex min-h-dvh flex-col [--banner:0px] data-local:[--banner:28px]"
      data-local={local ? '' : undefined}
    >
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-surface-raised focus:px-3 focus:py-1.5"
      >
        Skip to the page
      </a>
      {local ? <LocalBanner /> : null}
      <div className="flex min-h-0 flex-1">
        <Rail
          {...{ viewer, places, waiting, theme, narrow }}
          onToggle={toggleRail}
          onFind={find}
          onKeys={() => setFloating('keys')}
        />
        <main id="main" tabIndex={-1} className="min-w-0 flex-1 px-4 pt-5 pb-24 outline-none md:px-8 md:pb-12">
          <div className={`mx-auto flex max-w-[1600px] flex-col gap-6 ${whileEmpty}`}>{children}</div>
        </main>
      </div>
      <BottomBar {...{ viewer, places, waiting, theme }} onFind={find} />
      <Palette
        open={floating === 'palette'}
        onOpenChange={(open) => setFloating(open ? 'palette' : null)}
        onKeys={() => setFloating('keys')}
        {...{ places, viewer }}
      />
      <Keys
        open={floating === 'keys'}
        setOpen={(open) => setFloating(open ? 'keys' : null)}
        places={places}
        onFind={find}
        onRail={toggleRail}
      />
      <Live since={since} />
    </div>
  )
}

/** A page whose skeleton has not come either, as Next shows nothing then. */
const whileEmpty =
  'empty:animate-pulse empty:before:h-7 empty:before:w-40 empty:before:rounded-md empty:before:bg-surface-sunken empty:after:h-64 empty:after:rounded-md empty:after:bg-surface-sunken'

const LocalBanner = () => (
  <aside
    aria-label="Mode"
    className="z-20 flex min-h-7 flex-wrap items-center justify-center gap-x-1.5 border-b border-line bg-surface-sunken px-4 text-center text-[13px] text-ink-soft md:sticky md:top-0"
  >
    <strong className="font-semibold text-ink">Local mode.</strong> For this machine only, without passwords.
  </aside>
)
