import { TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import { Health } from '../../../components/connections/health'
import { RefreshOn } from '../../../components/frame/live'
import { buttonClass } from '../../../components/ui/button'
import { cardClass, cell, Empty, HeadRow, PageHead, rowClass } from '../../../components/ui/page'
import { viewerContext } from '../../../server/auth'
import { listConnections } from '../../../server/connections/list-connections'

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
        <div className={`${cardClass} overflow-x-auto`}>
          <table className="w-full min-w-[640px]">
            <HeadRow names={['Name', 'Target', 'Credential', 'Tools', 'Health']} />
            <tbody>
              {connections.map((connection) => (
                <tr key={connection.id} className={`${rowClass} relative hover:bg-surface-sunken`}>
                  <td className={`${cell} font-medium`}>
                    <Link data-row href={`/connections/${connection.name}`} className="after:absolute after:inset-0">
                      {connection.name}
                    </Link>
                  </td>
                  <td className={`${cell} max-w-64 truncate font-mono text-[12px] text-ink-soft`}>
                    {connection.url ?? (connection.agent === null ? connection.transport : `agent ${connection.agent}`)}
                  </td>
                  <td className={cell}>{connection.credential.kind}</td>
                  <td className={`${cell} tabular whitespace-nowrap`}>
                    {connection.tools.length}
                    {connection.waiting === 0 ? null : (
                      <span className="ml-2 inline-flex items-center gap-1 font-medium text-review">
                        <TriangleAlert size={14} aria-hidden />
                        {connection.waiting} in quarantine
                      </span>
                    )}
                  </td>
                  <td className={cell}>
                    <Health health={connection.health} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
