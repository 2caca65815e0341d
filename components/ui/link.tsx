'use client'

import NextLink from 'next/link'
import { type ComponentProps, useState } from 'react'

type Props = Omit<ComponentProps<typeof NextLink>, 'prefetch' | 'onPointerEnter' | 'onFocus'> & {
  /** Where a click opens something of this page. */
  prefetch?: false
}

/**
 * A page is read ahead when somebody is about to go there: the pointer or the keyboard is on its link. Next would do so for every link
 * in sight, two dozen a page, each made by the process that calls go through.
 */
export function Link({ prefetch, ...props }: Props) {
  const [isNear, setIsNear] = useState(false)
  const come = () => setIsNear(true)
  return <NextLink {...props} prefetch={isNear ? (prefetch ?? null) : false} onPointerEnter={come} onFocus={come} />
}
