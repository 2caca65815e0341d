import { Skeleton } from '../../../components/ui/page'
import { PageSkeleton, TableSkeleton } from '../../../components/ui/skeletons'

export default function Loading() {
  return (
    <PageSkeleton title="Sessions" about>
      <Skeleton className="h-33 max-sm:h-44" />
      <Skeleton className="h-15.5 max-sm:h-45.5" />
      <TableSkeleton rows={12} />
    </PageSkeleton>
  )
}
