import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { misspeltIn } from './misspelt'

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )

export const defaultPort = 3000

const address = (example: string) => z.url({ protocol: /^https?$/, error: `give a whole address, such as ${example}` })

const database = z
  .string()
  .regex(
    /^postgres(ql)?:\/\/./,
    'give a whole address, such as postgresql://name:password@db.example.com:5432/sallyport',
  )
  .refine(
    isEncoded,
    'write special characters of the name and the password as %40 for @, %2F for /, %23 for #, %25 for %',
  )
  .transform(withStrictTls)

/** A raw `/`, `?` or `#` in a password ends the host, and the `@` that should end the password comes after it. */
function isEncoded(address: string): boolean {
  if (/^\w+:\/\/[^/?#]*[/?#].*@/.test(address)) return false
  try {
    decodeURIComponent(/^\w+:\/\/([^/?#]*)@/.exec(address)?.[1] ?? '')
    return true
  } catch {
    return false
  }
}

/** What pg does with these modes today, and warns that it will not do for ever. */
function withStrictTls(address: string): string {
  if (/[?&]uselibpqcompat=true/.test(address)) return address
  return address.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full')
}

const isRange = (text: string): boolean => {
  const [address = '', bits, ...more] = text.split('/')
  const most = { 4: 32, 6: 128 }[isIP(address)]
  return (
    most !== undefined && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  )
}

const whole = (least: number, most: number) => {
  const wrong = `give a whole number from ${least} to ${most}`
  return z.coerce
    .number({ error: wrong })
    .int({ error: wrong })
    .min(least, { error: wrong })
    .max(most, { error: wrong })
}

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

const Vars = z.object({
  PORT: whole(0, 65_535).default(defaultPort),
  HOST: z.string().optional(),
  PUBLIC_URL: address('https://sallyport.example.com').optional(),
  OIDC_ISSUER: address('https://login.example.com').optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_AUDIENCE: z.string().optional(),
  OIDC_SUBJECT_CLAIM: z
    .string()
    .regex(/^[\w.:/-]+$/, 'give the name of a claim, or two as in sub:uid')
    .refine((claims) => claimsIn(claims).length <= 2, 'give the name of a claim, or two as in sub:uid')
    .default('sub'),
  /** The claim that lists a person's groups, in ID tokens, userinfo and access tokens. */
  OIDC_GROUPS_CLAIM: z
    .string()
    .regex(/^[\w.:/-]+$/, 'give the name of a claim, such as groups')
    .default('groups'),
  DATABASE_URL: database.optional(),
  DATABASE_ADMIN_URL: database.optional(),
  SALLYPORT_KEY: z
    .string()
    .refine((key) => Buffer.byteLength(key) >= 32, 'is too short: use `openssl rand -base64 32`')
    .optional(),
  ADMIN_GROUPS: list,
  AUDITOR_GROUPS: list,
  DATA_DIR: z.string().default('.data'),
  LOG_LEVEL: z.enum(levels, { error: `give one of ${levels.join(', ')}` }).default('info'),
  /** Off serves `/mcp/*` through Next's own router. */
  FAST_LANE: z.enum(['on', 'off'], { error: 'give on or off' }).default('on'),
  /** How long a call that waits for a person is held before a client that hears nothing is told to ask again. */
  HOLD_SECONDS: whole(1, 3600).default(45),
  /** How many requests one person may have under way at once, on one instance. */
  CALLS_AT_ONCE: whole(1, 100_000).default(200),
  /** Private networks that upstream URLs may resolve to, as CIDR list; loopback and private ranges are refused else. */
  UPSTREAM_PRIVATE_RANGES: list.refine(
    (ranges) => ranges.every(isRange),
    'give networks as CIDR, separated by commas, such as 10.0.0.0/8,fd00::/8',
  ),
})

/** `https://` of a namespaced claim separates nothing. */
const claimsIn = (text: string): string[] => text.split(/:(?!\/\/)/)

export type Env = ReturnType<typeof readEnv>

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Reads and checks the environment once. Empty variables count as unset.
 * Throws an Error with every problem in one text, each with what to do.
 */
export function readEnv(source: Record<string, string | undefined>) {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''))
  const parsed = Vars.safeParse(given)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new Error(`the environment is not usable:\n${lines.join('\n')}`)
  }
  const vars = parsed.data
  const local = vars.OIDC_ISSUER === undefined
  const publicUrl = (vars.PUBLIC_URL ?? `http://localhost:${vars.PORT}`).replace(/\/+$/, '')
  const problems = [
    ...addressProblems(publicUrl),
    ...configuredProblems(vars, local),
    ...localProblems(publicUrl, vars, local),
  ]
  if (problems.length > 0)
    throw new Error(`the environment is not usable:\n${problems.map((p) => `  ${p}`).join('\n')}`)
  const issuer = vars.OIDC_ISSUER ?? `${publicUrl}/local`
  const [idTokenClaim = 'sub', accessTokenClaim = idTokenClaim] = claimsIn(vars.OIDC_SUBJECT_CLAIM)
  return {
    local,
    port: vars.PORT,
    host: vars.HOST ?? (local ? '127.0.0.1' : '0.0.0.0'),
    publicUrl,
    issuer,
    clientId: vars.OIDC_CLIENT_ID ?? 'sallyport-console',
    clientSecret: vars.OIDC_CLIENT_SECRET ?? null,
    /** What the issuer's access tokens must name; null turns such tokens off. */
    audience: vars.OIDC_AUDIENCE ?? (local ? `${publicUrl}/mcp` : null),
    idTokenClaim,
    accessTokenClaim,
    groupsClaim: vars.OIDC_GROUPS_CLAIM,
    databaseUrl: vars.DATABASE_URL ?? null,
    databaseAdminUrl: vars.DATABASE_ADMIN_URL ?? null,
    key: vars.SALLYPORT_KEY ?? null,
    adminGroups: local && vars.ADMIN_GROUPS.length === 0 ? ['admins'] : vars.ADMIN_GROUPS,
    auditorGroups: local && vars.AUDITOR_GROUPS.length === 0 ? ['auditors'] : vars.AUDITOR_GROUPS,
    dataDir: resolve(vars.DATA_DIR),
    logLevel: vars.LOG_LEVEL,
    fastLane: vars.FAST_LANE === 'on',
    holdSeconds: vars.HOLD_SECONDS,
    callsAtOnce: vars.CALLS_AT_ONCE,
    upstreamPrivateRanges: vars.UPSTREAM_PRIVATE_RANGES,
    misspelt: misspeltIn(given, Object.keys(Vars.shape)),
  }
}

// Tokens, cookies and metadata name resources below the root of this origin.
function addressProblems(publicUrl: string): string[] {
  const { origin } = new URL(publicUrl)
  return origin === publicUrl ? [] : [`PUBLIC_URL: give scheme, host and port only, such as ${origin}`]
}

function configuredProblems(vars: z.infer<typeof Vars>, local: boolean): string[] {
  const problems: string[] = []
  if (!local && vars.PUBLIC_URL === undefined)
    problems.push('PUBLIC_URL: set it to the address people open, such as https://sallyport.example.com')
  if (!local && (vars.OIDC_CLIENT_ID === undefined || vars.OIDC_CLIENT_SECRET === undefined))
    problems.push('OIDC_CLIENT_ID and OIDC_CLIENT_SECRET: set both to what the issuer gave you for Sallyport')
  if (vars.DATABASE_URL !== undefined && vars.DATABASE_ADMIN_URL === undefined)
    problems.push('DATABASE_ADMIN_URL: set it to a role that may create tables; DATABASE_URL is the narrow role')
  if (vars.DATABASE_URL === undefined && vars.DATABASE_ADMIN_URL !== undefined)
    problems.push('DATABASE_URL: set it to the narrow role of the same database; DATABASE_ADMIN_URL is its owner')
  if (vars.DATABASE_URL !== undefined && vars.SALLYPORT_KEY === undefined)
    problems.push('SALLYPORT_KEY: set it to 32 random bytes in base64, the same for every instance')
  return problems
}

function localProblems(publicUrl: string, vars: z.infer<typeof Vars>, local: boolean): string[] {
  if (!local) return []
  const problems: string[] = []
  if (vars.OIDC_CLIENT_ID !== undefined || vars.OIDC_CLIENT_SECRET !== undefined)
    problems.push('OIDC_ISSUER: set it to the issuer of OIDC_CLIENT_ID, or unset OIDC_CLIENT_ID and OIDC_CLIENT_SECRET')
  if (!loopbackHosts.has(new URL(publicUrl).hostname))
    problems.push(`PUBLIC_URL: \`${publicUrl}\` is not on loopback; set OIDC_ISSUER before you expose Sallyport`)
  const host = vars.HOST
  if (host !== undefined && host !== '127.0.0.1' && host !== '::1' && host !== 'localhost')
    problems.push(`HOST: local mode listens on loopback only; set OIDC_ISSUER before you bind \`${host}\``)
  return problems
}
