import { ConnectionForm } from '../../../../components/connections/connection-form'
import { agentChoices } from '../../../../components/connections/form-values'
import { Empty, PageHead } from '../../../../components/ui/page'
import { listAgents } from '../../../../server/agents/list-agents'
import { viewerContext } from '../../../../server/auth'

type Props = { searchParams: Promise<{ agent?: string }> }

export const metadata = { title: 'Add a connection · Sallyport' }

export default async function NewConnectionPage({ searchParams }: Props) {
  const ctx = await viewerContext()
  const { agent } = await searchParams
  return (
    <>
      <PageHead
        up={{ href: '/connections', name: 'Connections' }}
        title="Add a connection"
        about="Nobody may call it until a role says so."
      />
      {ctx.viewer.admin ? (
        <ConnectionForm connection={null} agents={agentChoices(await listAgents(ctx))} agent={agent} />
      ) : (
        <Empty title="Only administrators add connections" />
      )}
    </>
  )
}
