import { notFound } from 'next/navigation'
import { ConnectionForm } from '../../../../../components/connections/connection-form'
import { agentChoices } from '../../../../../components/connections/form-values'
import { Empty, PageHead } from '../../../../../components/ui/page'
import { listAgents } from '../../../../../server/agents/list-agents'
import { viewerContext } from '../../../../../server/auth'
import { getConnection } from '../../../../../server/connections/get-connection'
import { codeOf } from '../../../../../server/errors'
import { toolReaders } from '../../../../../server/policy/tool-readers'
import { runtime } from '../../../../../server/runtime'

type Props = { params: Promise<{ name: string }> }

export async function generateMetadata({ params }: Props) {
  return { title: `Change ${(await params).name} · Sallyport` }
}

export default async function ChangeConnectionPage({ params }: Props) {
  const ctx = await viewerContext()
  const connection = await getConnection(ctx, (await params).name).catch((error: unknown) => {
    if (codeOf(error) === 'not-found') notFound()
    throw error
  })
  return (
    <>
      <PageHead
        up={{ href: `/connections/${connection.name}`, name: connection.name }}
        title={`Change ${connection.name}`}
        about="Its name stays: rules, clients and the record speak of it."
      />
      {ctx.viewer.admin ? (
        <ConnectionForm
          connection={connection}
          agents={agentChoices(await listAgents(ctx))}
          readers={toolReaders(runtime().policy.current(), connection.name)}
        />
      ) : (
        <Empty title="Only administrators change connections" />
      )}
    </>
  )
}
