'use client'

import { ArrowUp } from 'lucide-react'

const most = 99

/** What came while somebody reads waits here instead of pushing the list away. */
export function NewPill({ n, onShow }: { n: number; onShow(): void }) {
  return (
    <div
      role="status"
      className="pointer-events-none sticky top-[calc(var(--banner)+8px)] z-10 flex h-0 justify-center"
    >
      {n === 0 ? null : (
        <button
          type="button"
          onClick={onShow}
          className="pointer-events-auto inline-flex h-8 items-center gap-1.5 rounded-full border border-line bg-surface-raised px-3 text-[13px] font-medium text-accent shadow-float hover:bg-surface-sunken"
        >
          <ArrowUp size={14} aria-hidden />
          {n > most ? `${most}+` : n} new
        </button>
      )}
    </div>
  )
}
