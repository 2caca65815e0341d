import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { JWTPayload } from 'jose'
import { localPeople } from '../local/people-accounts'
import { consoleClient, startIssuer } from './issuer.testing'

/** A company's issuer in a process of its own, with the five local people and the console of `publicUrl` as its client. */
export type IssuerProcess = {
  url: string
  /** A valid access token for `aud`, as `subject`. */
  accessToken(aud: string, subject: string, claims?: JWTPayload): Promise<string>
  stop(): Promise<void>
}

type Question = { id: number; aud: string; claims: JWTPayload }
type Message = { url: string } | { id: number; token: string }

const self = fileURLToPath(import.meta.url)

export async function startIssuerProcess(publicUrl = 'http://localhost:3000'): Promise<IssuerProcess> {
  const child = fork(self, [publicUrl], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, (token: string) => void>()
  const exited = new Promise<void>((done) => child.once('exit', () => done()))
  const url = await new Promise<string>((done, fail) => {
    child.once('exit', () => fail(new Error('the issuer did not start')))
    child.on('message', (message: Message) => {
      if ('url' in message) done(message.url)
      else waiting.get(message.id)?.(message.token)
    })
  })
  let asked = 0
  return {
    url,
    accessToken(aud, subject, claims = {}) {
      const id = asked++
      const groups = localPeople.find((person) => person.id === subject)?.groups ?? []
      child.send({ id, aud, claims: { sub: subject, name: subject, groups, ...claims } } satisfies Question)
      return new Promise((done) => waiting.set(id, done))
    },
    async stop() {
      child.kill()
      await exited
    },
  }
}

async function main(publicUrl: string): Promise<void> {
  const people = Object.fromEntries(
    localPeople.map(({ id, email, groups }) => [id, { name: id, email, groups }] as const),
  )
  const client = {
    ...consoleClient,
    redirect_uris: [`${publicUrl}/api/auth/callback/oidc`],
    post_logout_redirect_uris: [`${publicUrl}/sign-in`],
  }
  const issuer = await startIssuer({ clients: [client], people })
  process.on('message', async ({ id, aud, claims }: Question) =>
    process.send?.({ id, token: await issuer.accessToken(aud, claims) } satisfies Message),
  )
  process.on('disconnect', () => process.exit(0))
  process.send?.({ url: issuer.url } satisfies Message)
}

if (process.argv[1] === self) await main(process.argv[2] ?? '')
