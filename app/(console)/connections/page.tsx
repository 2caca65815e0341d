import { TriangleAlert } from 'lucide-react'
import { Health } from '../../../components/connections/health'
import { RefreshOn } from '../../../components/frame/live'
import { buttonClass } from '../../../components/ui/button'
import { Link } from '../../../components/ui/link'
import { cardTable, cardTableFrame, cell, Empty, HeadRow, PageHead, rowClass } from '../../../components/ui/page'
import { viewerContext } from '../../../server/auth'
import { listConnections } from '../../../server/connections/list-connections'
import type { ConnectionView } from '../../../server/connections/schemas'

export const metadata = { title: 'Connections · Sallyport' }

export default async function ConnectionsPage() {
  const ctx = await viewerContext()
  const connections = await listConnections(ctx)
  const add = ctx.viewer.admin ? (
    <Link href="/connections/new" className={buttonClass('main')}>
      Add a connection
    </Link>
  ) : undefined
  return (
    <>
      <RefreshOn topic="connections" />
      <PageHead title="Connections" about="The MCP servers behind the gateway.">
        {add}
      </PageHead>
      {connections.length === 0 ? (
        <Empty title="No connections yet">
          {ctx.viewer.admin ? 'Add the first MCP server.' : 'An administrator adds them.'}
        </Empty>
      ) : (
        <div className={cardTableFrame}>
          <table className={`${cardTable} md:min-w-[640px]`}>
            <HeadRow names={['Name', 'Target', 'Credential', 'Tools', 'Health']} />
            <tbody className="block md:table-row-group">
              {connections.map((connection) => (
                <Row key={connection.id} connection={connection} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

const Row = ({ connection }: { connection: ConnectionView }) => (
  <tr className={`${rowClass} relative grid grid-cols-2 py-1.5 hover:bg-surface-sunken md:table-row`}>
    <td className={`${cell} font-medium [overflow-wrap:anywhere]`}>
      <Link data-row href={`/connections/${connection.name}`} className="after:absolute after:inset-0">
        {connection.name}
      </Link>
    </td>
    <td
      className={`${cell} truncate font-mono text-[12px] text-ink-soft max-md:order-last max-md:col-span-2 md:max-w-64`}
    >
      {targetOf(connection)}
    </td>
    <td className={`${cell} max-md:hidden`}>{credentialOf(connection)}</td>
    <td className={`${cell} tabular whitespace-nowrap max-md:text-right`}>
      {connection.tools.length}
      <span className="text-ink-soft md:hidden"> {connection.tools.length === 1 ? 'tool' : 'tools'}</span>
      {connection.waiting === 0 ? null : (
        <span className="ml-2 inline-flex items-center gap-1 font-medium text-review">
          <TriangleAlert size={14} aria-hidden />
          {connection.waiting} in quarantine
        </span>
      )}
    </td>
    <td className={`${cell} max-md:col-span-2`}>
      <Health health={connection.health} />
    </td>
  </tr>
)

/** Where it leads, as far as the viewer may know. */
const targetOf = ({ url, agent, target, transport }: ConnectionView): string =>
  url ?? (agent === null ? transport : target === null ? `agent ${agent}` : `${target} behind ${agent}`)

const credentialOf = ({ transport, credential }: ConnectionView): string =>
  transport === 'agent' ? 'held by the agent' : credential.kind
