import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { Frame } from '../../components/frame/frame'
import { railCookie, themeCookie, themeOf } from '../../components/frame/theme'
import { viewerContext } from '../../server/auth'
import { countMine } from '../../server/reviews/count-reviews'
import { runtime } from '../../server/runtime'

export const dynamic = 'force-dynamic'

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  // Before anything is read for the page, so that nothing is missed between that and the line on which changes are told.
  const { bell, instanceId, env } = runtime()
  const since = `${instanceId}.${bell.count()}`
  const ctx = await viewerContext()
  const { name, email, groups, admin, auditor } = ctx.viewer
  const kept = await cookies()
  return (
    <Frame
      viewer={{ name, email, groups, admin, auditor }}
      pending={await countMine(ctx)}
      theme={themeOf(kept.get(themeCookie)?.value)}
      narrow={kept.get(railCookie)?.value === 'narrow'}
      local={env.local}
      since={since}
    >
      {children}
    </Frame>
  )
}
