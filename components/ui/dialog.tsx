'use client'

import { Dialog as Base } from '@base-ui/react/dialog'
import { clsx } from 'clsx'
import { X } from 'lucide-react'
import { type ReactNode, useRef } from 'react'

const places = {
  middle:
    'top-1/2 left-1/2 w-[min(520px,calc(100vw-32px))] -translate-x-1/2 -translate-y-1/2 rounded-md border max-h-[85dvh]',
  top: 'top-[12dvh] left-1/2 w-[min(600px,calc(100vw-24px))] -translate-x-1/2 rounded-md border max-h-[76dvh]',
  bottom: 'inset-x-0 bottom-0 rounded-t-[12px] border-t pb-[max(16px,env(safe-area-inset-bottom))] max-h-[85dvh]',
} as const

const firstField = 'form :is(input, select, textarea):enabled'

type Props = {
  open: boolean
  onClose: () => void
  title: string
  about?: ReactNode
  children: ReactNode
  at?: keyof typeof places
  /** The title is for who hears the page; what is inside says it to everybody else. */
  bare?: boolean
  wide?: boolean
}

export function Dialog({ open, onClose, title, about, children, at = 'middle', bare = false, wide = false }: Props) {
  const inside = useRef<HTMLDivElement>(null)
  return (
    <Base.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/40 transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          // A form begins in its first field; by touch that would open a keyboard over it.
          initialFocus={(by) =>
            by === 'touch' ? true : (inside.current?.querySelector<HTMLElement>(firstField) ?? true)
          }
          className={clsx(
            'fixed z-50 overflow-y-auto overscroll-contain border-line bg-surface-raised shadow-float outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0',
            places[at],
            wide && 'w-[min(760px,calc(100vw-32px))]',
            !bare && 'p-5',
          )}
        >
          <div className={bare ? 'sr-only' : 'flex items-start justify-between gap-3'}>
            <Base.Title className="min-w-0 text-[16px] leading-6 font-semibold [overflow-wrap:anywhere]">
              {title}
            </Base.Title>
            <Base.Close
              className="-mt-1 -mr-1.5 rounded-md p-1.5 text-ink-soft hover:bg-surface-sunken hover:text-ink"
              aria-label="Close"
            >
              <X size={16} aria-hidden />
            </Base.Close>
          </div>
          {about === undefined || about === '' ? null : (
            <Base.Description className="mt-1 text-ink-soft">{about}</Base.Description>
          )}
          <div ref={inside} className={bare ? '' : 'mt-4'}>
            {children}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
