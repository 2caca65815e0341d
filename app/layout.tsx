import '@fontsource-variable/inter'
import '@fontsource-variable/jetbrains-mono'
import './globals.css'
import type { Metadata, Viewport } from 'next'
import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { Providers } from '../components/frame/providers'
import { themeCookie, themeOf } from '../components/frame/theme'

export const metadata: Metadata = { title: 'Sallyport', description: 'Least-privilege gateway for MCP' }
export const viewport: Viewport = { width: 'device-width', initialScale: 1 }

/** The theme comes with the first byte, from a cookie: no script, no flash. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = themeOf((await cookies()).get(themeCookie)?.value)
  return (
    <html lang="en" data-theme={theme === 'system' ? undefined : theme}>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  )
}
