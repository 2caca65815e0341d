import { randomBytes } from 'node:crypto'

type Around = {
  publicUrl: string
  issuer: string
  audience: string
  database: { serverUrl: string; adminUrl: string }
}

/** The settings of a Sallyport as a team runs it, with an issuer and a PostgreSQL of its own; its targets are on loopback. */
export const configured = ({ publicUrl, issuer, audience, database }: Around) => ({
  PUBLIC_URL: publicUrl,
  HOST: '127.0.0.1',
  OIDC_ISSUER: issuer,
  OIDC_CLIENT_ID: 'console',
  OIDC_CLIENT_SECRET: 'a secret of the console',
  OIDC_AUDIENCE: audience,
  DATABASE_URL: database.serverUrl,
  DATABASE_ADMIN_URL: database.adminUrl,
  SALLYPORT_KEY: randomBytes(32).toString('base64'),
  UPSTREAM_PRIVATE_RANGES: '127.0.0.0/8',
})
