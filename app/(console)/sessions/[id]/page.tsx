import { notFound } from 'next/navigation'
import { Player } from '../../../../components/sessions/player'
import { Empty, PageHead } from '../../../../components/ui/page'
import { count, revisionOf } from '../../../../components/ui/text'
import { Time } from '../../../../components/ui/time'
import { viewerContext } from '../../../../server/auth'
import { codeOf } from '../../../../server/errors'
import { getSession } from '../../../../server/sessions/get-session'

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ step?: string }> }

export const metadata = { title: 'Session · Sallyport' }

export default async function SessionPage({ params, searchParams }: Props) {
  const session = await getSession(await viewerContext(), (await params).id).catch((error: unknown) => {
    if (codeOf(error) === 'not-found') notFound()
    throw error
  })
  return (
    <>
      <PageHead
        up={{ href: '/sessions', name: 'Sessions' }}
        title={`${session.principal} on ${session.connection}`}
        about={
          <>
            {session.client || 'An unnamed client'}, in {revisionOf(session.era)}, {count(session.steps.length, 'step')}
            , began <Time at={session.startedAt} />
            {session.more ? '; only the first are shown' : ''}
          </>
        }
      />
      {session.steps.length === 0 ? (
        <Empty title="Nothing is recorded in this session yet" />
      ) : (
        <Player steps={session.steps} first={Number.parseInt((await searchParams).step ?? '1', 10) - 1 || 0} />
      )}
    </>
  )
}
