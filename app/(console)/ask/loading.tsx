import { Skeleton } from '../../../components/ui/page'
import { PageSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Ask the policy" about up={{ href: '/roles', name: 'Roles' }}>
      <Skeleton className="h-42 max-sm:h-80" />
    </PageSkeleton>
  )
}
