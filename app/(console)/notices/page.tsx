import { RefreshOn } from '../../../components/frame/live'
import { AddChannel } from '../../../components/notices/add-channel'
import { Channels } from '../../../components/notices/channels'
import { NoticeLog } from '../../../components/notices/log'
import { Empty, PageHead, Section } from '../../../components/ui/page'
import { viewerContext } from '../../../server/auth'
import { listNotices } from '../../../server/notices/list-notices'

export const metadata = { title: 'Notices · Sallyport' }

export default async function NoticesPage() {
  const ctx = await viewerContext()
  if (!ctx.viewer.admin)
    return (
      <>
        <PageHead title="Notices" />
        <Empty title="Only administrators may see this page">Questions for you are under Reviews.</Empty>
      </>
    )
  const { channels, log } = await listNotices(ctx)
  return (
    <>
      <RefreshOn topic="reviews" />
      <PageHead title="Notices" about="Who is told, and where, when a question waits.">
        <AddChannel />
      </PageHead>
      <Section title="Channels">
        {channels.length === 0 ? (
          <Empty title="Nobody is told outside the console">
            Add e-mail, a Slack webhook, or a webhook of your own, so that questions do not wait for somebody to look.
          </Empty>
        ) : (
          <Channels channels={channels} />
        )}
      </Section>
      {log.length === 0 ? null : (
        <Section title="Deliveries">
          <NoticeLog log={log} />
        </Section>
      )}
    </>
  )
}
