import { notFound } from 'next/navigation'
import { CredentialButton, RemoveButton, TestButton } from '../../../../components/connections/actions'
import { ConnectClient } from '../../../../components/connections/connect-client'
import { Health } from '../../../../components/connections/health'
import { ToolRow } from '../../../../components/connections/tool-row'
import { RefreshOn } from '../../../../components/frame/live'
import { cardClass, Empty, PageHead, Section } from '../../../../components/ui/page'
import { Time } from '../../../../components/ui/time'
import { viewerContext } from '../../../../server/auth'
import { getConnection } from '../../../../server/connections/get-connection'
import { codeOf } from '../../../../server/errors'
import { getPolicy } from '../../../../server/roles/get-policy'
import { runtime } from '../../../../server/runtime'
import { listSessions } from '../../../../server/sessions/list-sessions'

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
  const { name, credential, tools, health } = connection
  const { admin } = ctx.viewer
  const [policy, used] = await Promise.all([getPolicy(ctx), listSessions(ctx, { connection: name, limit: 100 })])
  const rules = policy.document.roles
    .flatMap((role) => role.rules)
    .filter((rule) => rule.connections.includes(name)).length
  const last = health[0]
  return (
    <>
      <RefreshOn topic="connections" />
      <PageHead title={name} about={<Health health={health} />}>
        {admin ? <TestButton name={name} /> : null}
      </PageHead>
      {last !== undefined && !last.ok ? <p className="text-[13px] text-deny">{last.message}</p> : null}
      <dl className={`${cardClass} grid gap-x-6 gap-y-2 p-4 text-[13px] sm:grid-cols-[140px_1fr]`}>
        <dt className="text-ink-soft">Target</dt>
        <dd className="font-mono text-[12px] [overflow-wrap:anywhere]">
          {connection.url ?? connection.target ?? 'shown to administrators and auditors'}
        </dd>
        <dt className="text-ink-soft">Credential</dt>
        <dd className="flex flex-wrap items-center gap-3">
          {credential.setAt === null ? (
            'none'
          ) : (
            <span>
              {credential.kind}, set <Time at={credential.setAt} />
            </span>
          )}
          {admin && connection.transport === 'http' ? (
            <CredentialButton name={name} set={credential.setAt !== null} />
          ) : null}
        </dd>
        <dt className="text-ink-soft">SQL</dt>
        <dd>
          {connection.sql.length === 0
            ? 'no argument is known to hold SQL'
            : connection.sql.map((one) => `${one.tool}.${one.argument} (${one.dialect})`).join(', ')}
        </dd>
      </dl>
      <Section title="Connect a client">
        <ConnectClient url={`${runtime().env.publicUrl}/mcp/${name}`} name={name} />
      </Section>
      <Section title={`Tools (${tools.length})`}>
        {tools.length === 0 ? (
          <Empty title="No tools are known">
            {admin ? 'Test the connection to read its tools.' : 'It was not tested yet.'}
          </Empty>
        ) : (
          <ul className={cardClass}>
            {tools.map((tool) => (
              <ToolRow key={tool.name} tool={tool} />
            ))}
          </ul>
        )}
      </Section>
      {admin ? (
        <Section title="Danger zone">
          <div className={`${cardClass} flex flex-wrap items-center justify-between gap-3 p-4`}>
            <p className="text-ink-soft">Removing it cuts every client off at once.</p>
            <RemoveButton name={name} rules={rules} sessions={used.sessions.length} />
          </div>
        </Section>
      ) : null}
    </>
  )
}
