import { AgentList } from '../../../components/agents/agent-list'
import { buttonClass } from '../../../components/ui/button'
import { Link } from '../../../components/ui/link'
import { Empty, PageHead } from '../../../components/ui/page'
import { listAgents } from '../../../server/agents/list-agents'
import { viewerContext } from '../../../server/auth'
import { runtime } from '../../../server/runtime'

export const metadata = { title: 'Agents · Sallyport' }

export default async function AgentsPage() {
  const ctx = await viewerContext()
  const { admin, auditor } = ctx.viewer
  return (
    <>
      <PageHead title="Agents" about="Programs that dial out of a private network and serve targets there.">
        {admin ? (
          <Link href="/agents/new" className={buttonClass('main')}>
            Enrol an agent
          </Link>
        ) : undefined}
      </PageHead>
      {admin || auditor ? (
        <AgentList initial={await listAgents(ctx)} admin={admin} gateway={runtime().env.publicUrl} />
      ) : (
        <Empty title="Agents are shown to administrators and auditors" />
      )}
    </>
  )
}
