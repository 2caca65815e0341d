import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { Frame } from '../../components/frame/frame'
import { themeCookie, themeOf } from '../../components/frame/theme'
import { viewerContext } from '../../server/auth'
import { countMine } from '../../server/reviews/count-reviews'
import { runtime } from '../../server/runtime'

export const dynamic = 'force-dynamic'

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const ctx = await viewerContext()
  const { name, email, groups, admin, auditor } = ctx.viewer
  const theme = themeOf((await cookies()).get(themeCookie)?.value)
  return (
    <Frame
      viewer={{ name, email, groups, admin, auditor }}
      pending={await countMine(ctx)}
      theme={theme}
      local={runtime().env.local}
    >
      {children}
    </Frame>
  )
}
