import { Inbox } from '../../../components/reviews/inbox'
import { PageHead } from '../../../components/ui/page'
import { viewerContext } from '../../../server/auth'
import { listReviews } from '../../../server/reviews/list-reviews'
import { ReviewFilter } from '../../../server/reviews/schemas'

type Props = { searchParams: Promise<Record<string, string | undefined>> }

export const metadata = { title: 'Reviews · Sallyport' }

export default async function ReviewsPage({ searchParams }: Props) {
  const filter = ReviewFilter.parse({ ...(await searchParams), limit: 100 })
  const initial = await listReviews(await viewerContext(), filter)
  return (
    <>
      <PageHead title="Reviews" about="Calls that wait for a person." />
      <Inbox state={filter.state} search={filter.search ?? ''} initial={initial} opened={null} />
    </>
  )
}
