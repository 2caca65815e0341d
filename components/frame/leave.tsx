'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'

type Ask = (href: string) => void

let ask: Ask | null = null

/** Whether the page may be left now; a form with changes asks first, and goes there itself. */
export function mayLeave(href: string): boolean {
  ask?.(href)
  return ask === null
}

/** In a form: leaving with changes asks, whether by link, key, palette, reload or closing. */
export function LeaveGuard({ changed }: { changed: boolean }) {
  const router = useRouter()
  const [to, setTo] = useState<string | null>(null)
  useEffect(() => {
    if (!changed) return
    ask = setTo
    const unload = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', unload)
    document.addEventListener('click', onLink, true)
    return () => {
      ask = null
      window.removeEventListener('beforeunload', unload)
      document.removeEventListener('click', onLink, true)
    }
  }, [changed])
  return (
    <Dialog
      open={to !== null}
      onClose={() => setTo(null)}
      title="Leave without saving?"
      about="What you typed on this page would be lost."
    >
      <div className="flex justify-end gap-2">
        <Button onClick={() => setTo(null)}>Stay</Button>
        <Button
          look="danger"
          onClick={() => {
            ask = null
            router.push(to ?? '/')
          }}
        >
          Leave
        </Button>
      </div>
    </Dialog>
  )
}

/** Before the link itself sees the click. */
function onLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return
  const link = (event.target as Element).closest('a[href]')
  if (!(link instanceof HTMLAnchorElement) || link.target !== '' || link.hasAttribute('download')) return
  const url = new URL(link.href)
  if (url.origin !== window.location.origin || url.pathname === window.location.pathname) return
  if (mayLeave(`${url.pathname}${url.search}${url.hash}`)) return
  event.preventDefault()
  event.stopPropagation()
}
