'use client'

import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'

type Props = { open: boolean; onClose: () => void; title: string; about?: ReactNode; children: ReactNode }

export function Dialog({ open, onClose, title, about, children }: Props) {
  return (
    <Base.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Base.Popup className="fixed top-1/2 left-1/2 z-50 max-h-[85dvh] w-[min(520px,calc(100vw-32px))] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-md border border-line bg-surface-raised p-5 shadow-xl">
          <Base.Title className="text-[16px] font-semibold">{title}</Base.Title>
          {about === undefined ? null : <Base.Description className="mt-1 text-ink-soft">{about}</Base.Description>}
          <div className="mt-4">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
