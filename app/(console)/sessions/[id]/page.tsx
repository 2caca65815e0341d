import { notFound, redirect } from 'next/navigation'
import { FindSteps } from '../../../../components/sessions/find-steps'
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
import { indexOfStep, listSteps } from '../../../../server/sessions/list-steps'
import { StepFilter, StepLink, stepsAtOnce } from '../../../../server/sessions/schemas'

type Props = {
  params: Promise<{ id: string }>
  searchParams: Promise<{ step?: string; only?: string; text?: string; at?: string }>
}

/** They are seen at a glance. */
const fewSteps = 10

export const metadata = { title: 'Session · Sallyport' }

export default async function SessionPage({ params, searchParams }: Props) {
  const [{ id }, query, ctx] = await Promise.all([params, searchParams, viewerContext()])
  const session = await getSession(ctx, id).catch((error: unknown) => {
    if (codeOf(error) === 'not-found') notFound()
    throw error
  })
  const { at, ...which } = StepLink.parse(query)
  // To one of them, wherever it stands.
  if (at !== undefined) redirect(`/sessions/${id}?step=${((await indexOfStep(ctx, id, at)) ?? 0) + 1}`)
  const { only, text } = which
  const asked = Math.max(0, Number.parseInt(query.step ?? '1', 10) - 1 || 0)
  const part = (index: number) => Math.floor(index / stepsAtOnce) * stepsAtOnce
  const read = (offset: number) => listSteps(ctx, id, StepFilter.parse({ ...which, offset }))
  const found = await read(part(asked))
  // Past the last one: the last one.
  const first = Math.max(0, Math.min(asked, found.total - 1))
  const list = part(first) === part(asked) ? found : await read(part(first))
  const isPart = only !== undefined || text !== undefined
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
            {isPart ? ' shown' : ''}, began <Time at={session.startedAt} />
          </>
        }
      />
      {list.total === 0 ? (
        <>
          {isPart ? <FindSteps key={text} id={id} only={only} text={text} /> : null}
          <Empty title={isPart ? 'No step is like that' : 'Nothing is recorded in this session yet'}>
            {isPart ? <Link href={`/sessions/${id}`}>Show all steps</Link> : null}
          </Empty>
        </>
      ) : (
        <Player
          key={`${only} ${text}`}
          id={id}
          which={which}
          first={first}
          begun={{ offset: part(first), list, step, atOnce: stepsAtOnce }}
          ended={session.endedAt !== null}
        >
          {list.total < fewSteps && text === undefined ? null : (
            <FindSteps key={text} id={id} only={only} text={text} />
          )}
          <Only id={id} outcomes={session.outcomes} only={only} text={text} />
        </Player>
      )}
    </>
  )
}
