import { EnrolForm } from '../../../../components/agents/enrol-form'
import { Empty, PageHead } from '../../../../components/ui/page'
import { viewerContext } from '../../../../server/auth'
import { runtime } from '../../../../server/runtime'

export const metadata = { title: 'Enrol an agent · Sallyport' }

export default async function EnrolAgentPage() {
  const { viewer } = await viewerContext()
  return (
    <>
      <PageHead
        up={{ href: '/agents', name: 'Agents' }}
        title="Enrol an agent"
        about="It dials out to this gateway, so nothing needs to be opened in its network. Credentials of its targets stay there."
      />
      {viewer.admin ? (
        <EnrolForm gateway={runtime().env.publicUrl} />
      ) : (
        <Empty title="Only administrators enrol agents" />
      )}
    </>
  )
}
