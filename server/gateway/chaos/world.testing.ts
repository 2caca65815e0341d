import { randomBytes, randomUUID } from 'node:crypto'
import type pg from 'pg'
import { request } from 'undici'
import { configured } from '../../configured.testing'
import type { Database } from '../../context'
import { connect } from '../../db/client'
import type { Give } from '../../db/review-schema'
import { connections } from '../../db/schema'
import { quiet, startTestServer, type TestServer } from '../../db/testing'
import { startIssuer, type TestIssuer } from '../../oauth/issuer.testing'
import { checkDocument } from '../../policy/document'
import { storedPolicy } from '../../policy/print'
import { principalId } from '../../principal'
import { publishFirst } from '../../roles/publish'
import { type How, type Sent, send } from './caller.testing'
import { type Instance, startInstance } from './instance.testing'
import { type CountingUpstream, startCountingUpstream } from './upstream.testing'

export const host = 'sallyport.test'
const audience = 'sallyport'

export const callers = ['alice', 'amir', 'anna'] as const
export const leads = ['bob', 'bea', 'ben', 'bill'] as const
/** `write` asks one lead, `pay` asks two; of `bulk` one lead may give any call. */
export const tools = ['write', 'pay', 'bulk'] as const

/** Several instances as processes of their own on one PostgreSQL, one target that counts, and people. */
export type World = {
  db: Database
  pool: pg.Pool
  target: CountingUpstream
  /** null: it was killed and is not back. */
  instances: (Instance | null)[]
  sent: Sent[]
  /** Questions that were approved as far as anybody outside can tell: an answer said so, or it was lost. */
  approved: Set<string>
  /** What each approver was answered, by question; null: the answer was lost. */
  answers: Map<string, (string | null)[]>
  /** What people said that they give with an approval; one that is not here is the call, once. */
  given: Map<string, Give[]>
  /** Questions to which somebody tried to offer other arguments. */
  countered: Set<string>
  /** Orders that somebody offered, and was not answered: what waited for them already may be approved by it. */
  lostOffers: Set<number>
  call(caller: string, tool: string, order: number, at: number, how: How): Promise<Sent>
  /** The verb behind a button, on one instance; what it answered, 0 when the instance died meanwhile. */
  act(at: number, verb: string, person: string, id: string, more?: More): Promise<number>
  token(caller: string): Promise<string>
  kill(at: number): Promise<void>
  start(at: number): Promise<void>
  stop(): Promise<void>
}

export type More = { verdict?: 'approve' | 'deny'; give?: Give; order?: number; document?: unknown }

const rule = (id: string, approvals: number, scope: 'call' | 'tool' = 'call') => ({
  id,
  effect: 'review',
  connections: ['target'],
  resources: [id],
  review: { approvers: [{ claim: 'groups', value: 'leads' }], approvals, scope, maxMinutes: 60, expiresMinutes: 60 },
})

const document = {
  roles: [
    {
      name: 'support',
      members: [{ claim: 'groups', value: 'support' }],
      rules: [rule('write', 1), rule('pay', 2), rule('bulk', 1, 'tool')],
    },
  ],
  masks: [],
}

export async function startWorld(size: number): Promise<World> {
  const [database, issuer, target] = await Promise.all([startTestServer(), startIssuer(), startCountingUpstream()])
  const env = environment(database, issuer)
  const { pool, db } = connect(database.adminUrl, quiet)
  const read = checkDocument(document)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  await publishFirst(db, storedPolicy(read.document), { id: 'admin', name: 'admin' })
  await db.insert(connections).values({ name: 'target', transport: 'http', url: target.url })
  const instances: (Instance | null)[] = await Promise.all(Array.from({ length: size }, () => startInstance(env)))
  const tokens = new Map<string, string>()
  const sent: Sent[] = []
  const approved = new Set<string>()
  const answers: World['answers'] = new Map()
  const given = new Map<string, Give[]>()
  const countered = new Set<string>()
  const lostOffers = new Set<number>()
  const urlAt = (at: number) => instances[at]?.url ?? ''
  const tokenOf = async (caller: string) => {
    const exp = Math.floor(Date.now() / 1000) + 7200
    const claims = { sub: caller, name: caller, groups: ['support', 'leads'], exp }
    const token = tokens.get(caller) ?? (await issuer.accessToken(audience, claims))
    tokens.set(caller, token)
    return token
  }
  return {
    ...{ db, pool, target, instances, sent, approved, answers, given, countered, lostOffers },
    token: tokenOf,
    async call(caller, tool, order, at, how) {
      const token = await tokenOf(caller)
      const anywhere = () => instances.find((instance) => instance !== null)?.url ?? ''
      const call = send({ tag: randomUUID(), caller, tool, order, instance: urlAt(at), token, how, host, anywhere })
      sent.push(call)
      return call
    },
    async act(at, verb, person, id, more = {}) {
      const viewer = viewerOf(issuer.url, person)
      const body = JSON.stringify({ viewer, id, ...more })
      if (more.give !== undefined) given.set(id, [...(given.get(id) ?? []), more.give])
      if (verb === 'counter') countered.add(id)
      const options = { method: 'POST' as const, headers: { host }, body }
      const answer = await request(`${urlAt(at)}/do/${verb}`, options).catch(() => null)
      const said = (await answer?.body.text().catch(() => null)) ?? null
      if (more.verdict === 'approve') answers.set(id, [...(answers.get(id) ?? []), said])
      if (more.verdict === 'approve' && (said === null || said.includes('"approved"'))) approved.add(id)
      // An offer approves what it offers, which may have waited already, for this approval alone.
      if (verb === 'counter' && said === null) lostOffers.add(more.order ?? 0)
      const offered = verb === 'counter' ? /"waiting":"([^"]+)","state":"approved"/.exec(said ?? '')?.[1] : undefined
      if (offered !== undefined) approved.add(offered)
      return said === null ? 0 : (answer?.statusCode ?? 0)
    },
    async kill(at) {
      const dead = instances[at]?.id
      await instances[at]?.kill()
      instances[at] = null
      // As everybody would see within half a minute.
      if (dead !== undefined) await pool.query('delete from instances where id = $1', [dead])
    },
    async start(at) {
      instances[at] ??= await startInstance(env)
    },
    async stop() {
      for (const { drop } of sent) drop()
      await Promise.all(instances.map((instance) => instance?.kill()))
      await pool.end()
      await Promise.all([issuer.close(), database.stop()])
      target.close()
    },
  }
}

const key = randomBytes(32).toString('base64')

const environment = (database: TestServer, issuer: TestIssuer): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH ?? '',
  NODE_ENV: 'production',
  ...configured({ publicUrl: `http://${host}`, issuer: issuer.url, audience, database }),
  SALLYPORT_KEY: key,
  HOLD_SECONDS: '3600',
})

/** Everybody is a lead, callers too: that nobody decides their own question is for Sallyport to see. */
const viewerOf = (issuer: string, person: string) => ({
  id: principalId(issuer, person),
  email: null,
  name: person,
  groups: ['leads'],
  claims: {},
  kind: 'user' as const,
  admin: person === 'admin',
  auditor: false,
})
