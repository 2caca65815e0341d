import { notFound } from 'next/navigation'
import { Inbox } from '../../../../components/reviews/inbox'
import { isAdmin, viewerContext } from '../../../../server/auth'
import { codeOf } from '../../../../server/errors'
import { getReview } from '../../../../server/reviews/get-review'
import { listBreaks } from '../../../../server/reviews/list-breaks'
import { listReviews } from '../../../../server/reviews/list-reviews'
import { ReviewFilter } from '../../../../server/reviews/schemas'
import { runtime } from '../../../../server/runtime'

type Props = { params: Promise<{ id: string }>; searchParams: Promise<Record<string, string | undefined>> }

export const metadata = { title: 'Review · Sallyport' }

export default async function ReviewPage({ params, searchParams }: Props) {
  const ctx = await viewerContext()
  const { id } = await params
  const review = await getReview(ctx, { keys: runtime().keys, isAdmin }, id).catch((error: unknown) => {
    if (codeOf(error) === 'not-found') notFound()
    throw error
  })
  const filter = ReviewFilter.parse({ ...(await searchParams), limit: 100 })
  const [initial, breaks] = await Promise.all([listReviews(ctx, filter), listBreaks(ctx)])
  return <Inbox state={filter.state} search={filter.search ?? ''} initial={initial} breaks={breaks} opened={review} />
}
