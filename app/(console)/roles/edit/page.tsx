import { RefreshOn } from '../../../../components/frame/live'
import { Editor } from '../../../../components/roles/editor/editor'
import { PolicyAlarm } from '../../../../components/roles/policy-alarm'
import { Empty, PageHead } from '../../../../components/ui/page'
import { viewerContext } from '../../../../server/auth'
import { listConnections } from '../../../../server/connections/list-connections'
import type { JsonObject } from '../../../../server/types'
import { policyShown } from '../../policy-shown'

type Props = { searchParams: Promise<{ role?: string; mask?: string }> }

export const metadata = { title: 'Edit roles · Sallyport' }

export default async function EditRolesPage({ searchParams }: Props) {
  const ctx = await viewerContext()
  const { role = null, mask = null } = await searchParams
  const head = (
    <PageHead
      up={{ href: '/roles', name: 'Roles in force' }}
      title="Edit roles"
      about="A draft, in this browser only. Nothing changes until it is published."
    />
  )
  if (!ctx.viewer.admin)
    return (
      <>
        {head}
        <Empty title="Only administrators change roles">Ask one of them; the roles in force are there to read.</Empty>
      </>
    )
  const [{ number, document, alarm }, connections] = await Promise.all([policyShown(ctx), listConnections(ctx)])
  if (alarm !== null)
    return (
      <>
        <RefreshOn topic="policy" />
        {head}
        <PolicyAlarm alarm={alarm} />
      </>
    )
  const catalog = connections.map(({ name, tools, sql, http }) => ({
    name,
    tools: tools.map((tool) => ({ ...tool, inputSchema: tool.inputSchema as JsonObject | null })),
    sql: sql.map(({ tool }) => tool),
    http: http.map(({ tool }) => tool),
  }))
  return (
    <>
      <RefreshOn topic="policy" />
      {head}
      <Editor viewer={ctx.viewer.id} number={number} document={JSON.stringify(document)} {...{ catalog, role, mask }} />
    </>
  )
}
