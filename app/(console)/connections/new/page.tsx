import { ConnectionForm } from '../../../../components/connections/connection-form'
import { Empty, PageHead } from '../../../../components/ui/page'
import { viewerContext } from '../../../../server/auth'

export const metadata = { title: 'Add a connection · Sallyport' }

export default async function NewConnectionPage() {
  const { viewer } = await viewerContext()
  return (
    <>
      <PageHead title="Add a connection" about="Nobody may call it until a role says so." />
      {viewer.admin ? (
        <ConnectionForm connection={null} agents={[]} />
      ) : (
        <Empty title="Only administrators add connections" />
      )}
    </>
  )
}
