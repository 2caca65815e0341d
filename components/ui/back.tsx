'use client'

import { ArrowLeft } from 'lucide-react'
import { useRouter } from 'next/navigation'
import type { MouseEvent } from 'react'
import { Link } from './link'
import { cameFrom } from './trail'

export type Up = { href: string; name: string }

/** One level up, by its name; to where one came from when it is that, with the filters one had set there. */
export function Back({ href, name }: Up) {
  const router = useRouter()
  const go = (event: MouseEvent) => {
    const [path = href] = href.split('?')
    const elsewhere = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey
    if (elsewhere || !cameFrom(path)) return
    event.preventDefault()
    router.back()
  }
  return (
    <Link
      href={href}
      onClick={go}
      className="-ml-1 inline-flex h-7 items-center gap-1.5 self-start rounded-md px-1 text-[13px] text-ink-soft hover:text-ink"
    >
      <ArrowLeft size={14} aria-hidden />
      <span className="sr-only">Back to </span>
      {name}
    </Link>
  )
}
