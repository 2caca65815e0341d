import { Inbox } from '../../../components/reviews/inbox'
import { PageHead } from '../../../components/ui/page'
import { viewerContext } from '../../../server/auth'
import { listBreaks } from '../../../server/reviews/list-breaks'
import { listReviews } from '../../../server/reviews/list-reviews'
import { ReviewFilter } from '../../../server/reviews/schemas'

type Props = { searchParams: Promise<Record<string, string | undefined>> }

export const metadata = { title: 'Reviews · Sallyport' }

export default async function ReviewsPage({ searchParams }: Props) {
  const filter = ReviewFilter.parse({ ...(await searchParams), limit: 100 })
  const ctx = await viewerContext()
  const [initial, breaks] = await Promise.all([listReviews(ctx, filter), listBreaks(ctx)])
  return (
    <>
      <PageHead title="Reviews" about="Calls that wait for a person." />
      <Inbox state={filter.state} search={filter.search ?? ''} initial={initial} breaks={breaks} opened={null} />
    </>
  )
}
