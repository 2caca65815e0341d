import { notFound } from 'next/navigation'
import { Only } from '../../../../components/sessions/only'
import { Player } from '../../../../components/sessions/player'
import { Link } from '../../../../components/ui/link'
import { Empty, PageHead } from '../../../../components/ui/page'
import { count, revisionOf } from '../../../../components/ui/text'
import { Time } from '../../../../components/ui/time'
import { viewerContext } from '../../../../server/auth'
import { codeOf } from '../../../../server/errors'
import { getSession } from '../../../../server/sessions/get-session'
import { getStep } from '../../../../server/sessions/get-step'
import { listSteps } from '../../../../server/sessions/list-steps'
import { StepFilter, stepsAtOnce } from '../../../../server/sessions/schemas'

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ step?: string; only?: string }> }

export const metadata = { title: 'Session · Sallyport' }

export default async function SessionPage({ params, searchParams }: Props) {
  const [{ id }, query, ctx] = await Promise.all([params, searchParams, viewerContext()])
  const session = await getSession(ctx, id).catch((error: unknown) => {
    if (codeOf(error) === 'not-found') notFound()
    throw error
  })
  const { only } = StepFilter.pick({ only: true }).parse(query)
  const asked = Math.max(0, Number.parseInt(query.step ?? '1', 10) - 1 || 0)
  const part = (index: number) => Math.floor(index / stepsAtOnce) * stepsAtOnce
  const read = (offset: number) => listSteps(ctx, id, StepFilter.parse({ only, offset }))
  const found = await read(part(asked))
  // Past the last one: the last one.
  const first = Math.max(0, Math.min(asked, found.total - 1))
  const list = part(first) === part(asked) ? found : await read(part(first))
  const line = list.steps[first - part(first)]
  const step = line === undefined ? null : await getStep(ctx, id, line.id)
  return (
    <>
      <PageHead
        up={{ href: '/sessions', name: 'Sessions' }}
        title={`${session.principal} on ${session.connection}`}
        about={
          <>
            {session.client || 'An unnamed client'}, in {revisionOf(session.era)}, {count(list.total, 'step')}
            {only === undefined ? '' : ' shown'}, began <Time at={session.startedAt} />
          </>
        }
      />
      {list.total === 0 ? (
        <Empty title={only === undefined ? 'Nothing is recorded in this session yet' : 'No step ended like that'}>
          {only === undefined ? null : <Link href={`/sessions/${id}`}>Show all steps</Link>}
        </Empty>
      ) : (
        <Player
          key={only}
          id={id}
          only={only}
          first={first}
          begun={{ offset: part(first), list, step, atOnce: stepsAtOnce }}
          ended={session.endedAt !== null}
        >
          <Only id={id} outcomes={session.outcomes} only={only} />
        </Player>
      )}
    </>
  )
}
