import { notFound } from 'next/navigation'
import { CredentialButton, RemoveButton, TestButton } from '../../../../components/connections/actions'
import { ConnectClient } from '../../../../components/connections/connect-client'
import { Health, HealthHistory } from '../../../../components/connections/health'
import { Quarantine } from '../../../../components/connections/quarantine'
import { ToolList } from '../../../../components/connections/tool-list'
import { RefreshOn } from '../../../../components/frame/live'
import { buttonClass } from '../../../../components/ui/button'
import { Link } from '../../../../components/ui/link'
import { cardClass, Empty, factsClass, PageHead, Problem, Section } from '../../../../components/ui/page'
import { count } from '../../../../components/ui/text'
import { Time } from '../../../../components/ui/time'
import { viewerContext } from '../../../../server/auth'
import { getConnection } from '../../../../server/connections/get-connection'
import { listQuarantine } from '../../../../server/connections/list-quarantine'
import type { ConnectionView } from '../../../../server/connections/schemas'
import type { Context } from '../../../../server/context'
import { codeOf } from '../../../../server/errors'
import { listGrants } from '../../../../server/grants/list-grants'
import { toolReaders } from '../../../../server/policy/tool-readers'
import { listReviews } from '../../../../server/reviews/list-reviews'
import { runtime } from '../../../../server/runtime'
import { listSessions } from '../../../../server/sessions/list-sessions'
import { policyShown } from '../../policy-shown'

type Props = { params: Promise<{ name: string }> }

export async function generateMetadata({ params }: Props) {
  return { title: `${(await params).name} · Sallyport` }
}

export default async function ConnectionPage({ params }: Props) {
  const ctx = await viewerContext()
  const connection = await getConnection(ctx, (await params).name).catch((error: unknown) => {
    if (codeOf(error) === 'not-found') notFound()
    throw error
  })
  const { name, credential, tools, health, sql, http } = connection
  const { admin, auditor } = ctx.viewer
  const quarantine = admin || auditor ? await listQuarantine(ctx, name) : null
  const readers = connection.pinning === 'strict' ? [] : toolReaders(runtime().policy.current(), name)
  const last = health[0]
  return (
    <>
      <RefreshOn topic="connections" />
      <PageHead up={{ href: '/connections', name: 'Connections' }} title={name} about={<Health health={health} />}>
        {admin ? (
          <>
            <Link href={`/connections/${name}/edit`} className={buttonClass()}>
              Change
            </Link>
            <TestButton name={name} />
          </>
        ) : null}
      </PageHead>
      {last !== undefined && !last.ok ? <Problem>{last.message}</Problem> : null}
      {readers.length > 0 && (admin || auditor) ? (
        <Problem>
          {count(readers.length, 'allow rule reads', 'allow rules read')} <code>tool</code> and{' '}
          {readers.length === 1 ? 'lets' : 'let'} nothing through here, because tools are not pinned strictly:{' '}
          {readers.join(', ')}. Pin them strictly, or change the rules.
        </Problem>
      ) : null}
      <dl className={`${cardClass} ${factsClass} p-4`}>
        <dt className="text-ink-soft">Target</dt>
        <dd className="[overflow-wrap:anywhere]">
          <Target connection={connection} />
        </dd>
        <dt className="text-ink-soft">Credential</dt>
        <dd className="flex flex-wrap items-center gap-x-3">
          {connection.transport === 'agent' ? 'held by the agent, in its own config' : null}
          {connection.transport === 'http' && credential.setAt === null ? 'none' : null}
          {credential.setAt === null ? null : (
            <span>
              {credential.kind}, set <Time at={credential.setAt} />
            </span>
          )}
          {admin && connection.transport === 'http' ? (
            <CredentialButton name={name} set={credential.setAt !== null} />
          ) : null}
        </dd>
        <dt className="text-ink-soft">Pinned tools</dt>
        <dd>
          {pinnings[connection.pinning]}
          {connection.pinnedAt === null ? null : (
            <>
              ; first pinned <Time at={connection.pinnedAt} />
            </>
          )}
        </dd>
        <dt className="text-ink-soft">SQL</dt>
        <dd>
          {sql.length === 0
            ? 'no argument is known to hold SQL'
            : sql.map((one) => `${one.tool}.${one.argument} (${one.dialect})`).join(', ')}
        </dd>
      </dl>
      {quarantine === null ? null : (
        <Section title={connection.waiting === 0 ? 'Quarantine' : `Quarantine (${connection.waiting})`}>
          <Quarantine
            {...{ connection: name, pinning: connection.pinning, view: quarantine, admin }}
            isPinned={connection.pinnedAt !== null}
          />
        </Section>
      )}
      <Section title="Connect a client">
        <ConnectClient url={`${runtime().env.publicUrl}/mcp/${name}`} name={name} />
      </Section>
      <Section title={`Tools (${tools.length})`}>
        {tools.length === 0 ? (
          <Empty title="No tools are known">
            {admin ? 'Test the connection to read its tools.' : 'It was not tested yet, or lists none.'}
          </Empty>
        ) : (
          <ToolList {...{ tools, sql, http }} />
        )}
      </Section>
      {health.length === 0 ? null : (
        <Section title="Health">
          <HealthHistory health={health} />
        </Section>
      )}
      {admin ? (
        <Section title="Danger zone">
          <div className={`${cardClass} flex flex-wrap items-center justify-between gap-3 p-4`}>
            <p className="text-ink-soft">Removing it cuts every client off at once.</p>
            <RemoveButton name={name} breaks={await breaksOf(ctx, name)} />
          </div>
        </Section>
      ) : null}
    </>
  )
}

const pinnings = {
  strict: 'strictly: what changes or comes later is kept from use',
  warn: 'with a warning: what changes or comes later runs, and is shown here',
  off: 'no: what the target says is taken as it comes',
} satisfies Record<ConnectionView['pinning'], string>

function Target({ connection: { url, agent, target } }: { connection: ConnectionView }) {
  if (url !== null) return <code className="font-mono text-[12px]">{url}</code>
  if (agent === null || target === null) return 'shown to administrators and auditors'
  return (
    <>
      <code className="font-mono text-[12px]">{target}</code> behind the agent{' '}
      <Link href="/agents" className="font-medium text-accent">
        {agent}
      </Link>
    </>
  )
}

const sessionsCounted = 100

/** What removing a connection breaks, in numbers. */
async function breaksOf(ctx: Context, name: string): Promise<string[]> {
  const { policy: inForce, connections } = runtime()
  const [policy, grants, waiting, { sessions, next }] = await Promise.all([
    policyShown(ctx),
    listGrants(ctx, { policy: inForce.current(), connections: connections.list() }),
    listReviews(ctx, { state: 'pending', limit: 500 }),
    listSessions(ctx, { connection: name, limit: sessionsCounted }),
  ])
  const rules = policy.document.roles.flatMap((role) => role.rules).filter((rule) => rule.connections.includes(name))
  const live = grants.filter((grant) => grant.live && grant.connection === name)
  const asked = waiting.filter((review) => review.connection === name)
  const people = new Set(sessions.map((session) => session.principal))
  const counted = next !== null || sessions.length !== 1 ? `${sessions.length} sessions` : 'session'
  const ends = [
    ...(live.length === 0 ? [] : [count(live.length, 'live grant')]),
    ...(asked.length === 0 ? [] : [count(asked.length, 'waiting question')]),
  ]
  return [
    people.size === 0
      ? 'Nobody has used it yet'
      : `${count(people.size, 'person', 'people')} of its last ${counted} ${people.size === 1 ? 'loses' : 'lose'} it at once`,
    rules.length === 0
      ? 'No rule names it'
      : `${count(rules.length, 'rule names it and matches', 'rules name it and match')} nothing any more`,
    ends.length === 0
      ? 'No grant is open for it, and no question waits'
      : `${ends.join(' and ')} of it ${live.length + asked.length === 1 ? 'comes' : 'come'} to nothing`,
  ]
}
