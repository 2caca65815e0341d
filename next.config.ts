import type { NextConfig } from 'next'

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // For every reader the title comes with the page and not after it: a page that refreshes itself is never without one.
  htmlLimitedBots: /.*/,
  // `npm run verify` checks types; a start need not do it again.
  typescript: { ignoreBuildErrors: true },
  // Loaded by node itself: they find files of their own, or are shared with the part of the process that Next did not build.
  serverExternalPackages: [
    '@hono/node-server',
    'libpg-query',
    'oidc-provider',
    'openid-client',
    'pg',
    'pino',
    'prom-client',
    're2js',
    'undici',
    'ws',
  ],
}

export default config
