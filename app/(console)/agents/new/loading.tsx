import { Skeleton } from '../../../../components/ui/page'
import { PageSkeleton } from '../../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Enrol an agent" about up={{ href: '/agents', name: 'Agents' }}>
      <Skeleton className="h-32 max-w-2xl" />
    </PageSkeleton>
  )
}
